/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "policy.h"

enum { A_MINUTE = 60 };

static bool
has_passed(const struct policy *policy, const struct triplet_record *record)
{
	return record->last - record->first >= policy->delay;
}

enum policy_expiry
policy_triplet_expiry(const struct policy *policy, int64_t now,
    const struct triplet_record *record)
{
	int64_t unused = now - record->last;

	if (unused > policy->max_age)
		return POLICY_UNUSED;
	if (!has_passed(policy, record) && unused > policy->retry_window)
		return POLICY_NEVER_PASSED;
	return POLICY_KEPT;
}

bool
policy_triplet_expired(const struct policy *policy, int64_t now,
    const struct triplet_record *record)
{
	return policy_triplet_expiry(policy, now, record) != POLICY_KEPT;
}

bool
policy_client_expired(const struct policy *policy, int64_t now,
    const struct client_record *record)
{
	return now - record->last > policy->max_age;
}

static int64_t
lives(const struct policy *policy, int64_t now, int64_t last, int64_t span)
{
	int64_t left = last - now + span;

	if (left > span)
		left = span;
	return (left > policy->retry_window ? left : policy->retry_window) +
	    A_MINUTE;
}

int64_t
policy_triplet_lives(const struct policy *policy, int64_t now,
    const struct triplet_record *record)
{
	bool waits = !has_passed(policy, record) &&
	    policy->retry_window < policy->max_age;

	return lives(policy, now, record->last,
	    waits ? policy->retry_window : policy->max_age);
}

int64_t
policy_client_lives(const struct policy *policy, int64_t now,
    const struct client_record *record)
{
	return lives(policy, now, record->last, policy->max_age);
}

struct policy_client
policy_client(
    const struct policy *policy, int64_t now, const struct client_record *seen)
{
	struct policy_client result = { 0 };

	if (policy->whitelist_count == 0 || seen == NULL ||
	    policy_client_expired(policy, now, seen) ||
	    seen->count < policy->whitelist_count)
		return result;
	result.whitelisted = true;
	result.changed = now >= seen->last + POLICY_COUNT_INTERVAL ||
	    seen->last > now;
	result.next.count = seen->count + 1;
	result.next.last = now;
	return result;
}

/* One more passed triplet of the client, unless the last was just counted. */
static void
count_client(const struct policy *policy, int64_t now,
    const struct client_record *seen, struct policy_triplet *result)
{
	if (policy->whitelist_count == 0)
		return;
	if (seen != NULL && policy_client_expired(policy, now, seen))
		seen = NULL;
	if (seen != NULL && now < seen->last + POLICY_COUNT_INTERVAL)
		return;
	result->counted = true;
	result->next_client.count = seen == NULL ? 1 : seen->count + 1;
	result->next_client.last = now;
	result->whitelisted = result->next_client.count ==
	    policy->whitelist_count;
}

struct policy_triplet
policy_triplet(const struct policy *policy, int64_t now,
    const struct triplet_record *seen, const struct client_record *seen_client)
{
	struct policy_triplet result = { 0 };
	int64_t first = now;

	if (seen != NULL && !policy_triplet_expired(policy, now, seen)) {
		result.passed_before = has_passed(policy, seen);
		if (result.passed_before ||
		    now - seen->first <= policy->retry_window)
			first = seen->first;
		result.corrected = first > now;
		if (result.corrected)
			first = now;
	}
	result.next.first = first;
	result.next.last = now;
	result.since_first = now - first;
	result.missing = policy->delay - result.since_first;
	result.pass = result.missing <= 0;
	/* Within the window it is still what it was; after it, begun anew. */
	result.next_is_spare = !result.pass && result.since_first > 0 &&
	    !result.passed_before && !result.corrected &&
	    policy->max_age >= policy->retry_window;
	if (result.pass && !result.passed_before)
		count_client(policy, now, seen_client, &result);
	return result;
}
