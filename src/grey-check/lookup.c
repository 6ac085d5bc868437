/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/monotonic.h"
#include "greylist/record.h"
#include "lookup.h"
#include "use_news.h"

/* Milliseconds. */
enum { FIRST_PAUSE = 1000, LONGEST_PAUSE = 8000 };

/* What the callbacks of the store's unit of work need, and what they find. */
struct unit {
	struct lookup *lookup;
	struct policy policy;
	const struct address *client;
	int64_t now;
	bool client_known;
	struct client_record seen_client;
	struct verdict *verdict;
};

static void
put_client(const struct unit *unit, struct store_value *value,
    const struct client_record *record)
{
	_Static_assert(RECORD_MAX <= STORE_VALUE_MAX, "a record fits a value");
	value->len = record_write_client(record, value->data);
	value->lives = policy_client_lives(&unit->policy, unit->now, record);
}

static void
keep(const struct bytes *value, bool *found, struct store_value *kept)
{
	*found = value != NULL;
	kept->len = value == NULL ? 0 : value->len;
	if (kept->len > 0)
		memcpy(kept->data, value->data, kept->len);
}

static bool
on_client(void *argument, const struct bytes *value, struct store_value *next)
{
	struct unit *unit = argument;
	struct evidence *evidence = &unit->lookup->evidence;
	struct policy_client client;

	keep(value, &evidence->client_found, &evidence->client);
	unit->client_known = value != NULL &&
	    record_read_client(*value, &unit->seen_client);
	/* An entry that somebody wrote counts more than what was learned. */
	if (unit->verdict->rule.file != NULL)
		return false;
	client = policy_client(&unit->policy, unit->now,
	    unit->client_known ? &unit->seen_client : NULL);
	if (client.changed)
		put_client(unit, next, &client.next);
	if (client.whitelisted)
		unit->verdict->reason = VERDICT_CLIENT_AWL;
	return client.whitelisted;
}

static void
put_triplet(const struct unit *unit, struct store_value *value,
    struct triplet_record record)
{
	char host[ADDRESS_TEXT_MAX];

	record.host.data = host;
	record.host.len = key_host(&unit->lookup->key, unit->client, host);
	value->len = record_write_triplet(&record, value->data);
	value->lives = policy_triplet_lives(&unit->policy, unit->now, &record);
}

/*
 * A triplet that never waited, by a rule with a delay of 0, shows nothing about
 * its client.
 */
static void
on_triplet(void *argument, const struct bytes *value,
    struct store_value *next_triplet, struct store_value *next_client)
{
	struct unit *unit = argument;
	struct verdict *verdict = unit->verdict;
	struct triplet_record seen;
	struct policy_triplet triplet;
	struct evidence *evidence = &unit->lookup->evidence;
	bool readable = value != NULL && record_read_triplet(*value, &seen);

	keep(value, &evidence->triplet_found, &evidence->triplet);
	triplet = policy_triplet(&unit->policy, unit->now,
	    readable ? &seen : NULL,
	    unit->client_known ? &unit->seen_client : NULL);
	put_triplet(unit, next_triplet, triplet.next);
	next_triplet->spare = triplet.next_is_spare;
	if (verdict->rule.file != NULL && triplet.since_first == 0)
		triplet.counted = triplet.whitelisted = false;
	if (triplet.counted)
		put_client(unit, next_client, &triplet.next_client);
	verdict->reason = triplet.pass ? VERDICT_TRIPLET_FOUND :
	    triplet.since_first == 0   ? VERDICT_NEW :
					 VERDICT_EARLY_RETRY;
	verdict->missing = triplet.missing;
	verdict->since_first = triplet.since_first;
	verdict->passed_before = triplet.passed_before;
	verdict->corrected = triplet.corrected;
	verdict->whitelisted = triplet.whitelisted;
}

static void
pause_store(struct lookup *lookup, int64_t clock)
{
	lookup->pause = lookup->pause == 0 ? FIRST_PAUSE : lookup->pause * 2;
	if (lookup->pause > LONGEST_PAUSE)
		lookup->pause = LONGEST_PAUSE;
	lookup->pause_ends = clock + lookup->pause;
}

void
lookup_serve(struct lookup *lookup, bool learn)
{
	if (lookup->where == NULL)
		return;
	lookup->use.len = use_text(
	    &lookup->policy, &lookup->key, learn, lookup->use_buffer);
	lookup->use.data = lookup->use_buffer;
	store_use_as(lookup->store, lookup->use);
}

static void
tell_news(const struct lookup *lookup)
{
	enum store_use_news news = store_use_news(lookup->store);

	if (news != STORE_USE_AS_BEFORE)
		use_news_tell(lookup->store, lookup->where, lookup->use, news);
}

static const char *
ask_store(struct lookup *lookup, const struct store_check *check,
    struct verdict *verdict)
{
	int64_t begun = monotonic_milliseconds(), ended;
	enum store_result result;

	if (lookup->pause > 0 && begun < lookup->pause_ends)
		return store_reason(lookup->store);
	result = (verdict->foreseen ? store_foresee : store_check)(
	    lookup->store, check);
	ended = monotonic_milliseconds();
	verdict->took = ended - begun;
	if (result != STORE_OK) {
		pause_store(lookup, ended);
		return store_reason(lookup->store);
	}
	lookup->pause = 0;
	tell_news(lookup);
	return NULL;
}

const char *
lookup_decide(struct lookup *lookup, const struct list_subject *subject,
    int64_t now, struct verdict *verdict)
{
	struct unit unit = { lookup, lookup->policy, &subject->client, now,
		false, { 0, 0 }, verdict };
	struct evidence *evidence = &lookup->evidence;
	struct store_value fresh;
	struct store_check check = { .argument = &unit,
		.on_client = on_client,
		.on_triplet = on_triplet };

	unit.policy.delay = verdict->delay;
	if (verdict->rule.file != NULL && verdict->rule.never)
		unit.policy.whitelist_count = 0;
	evidence->triplet_found = evidence->client_found = false;
	evidence->client_key_len = 0;
	if (unit.policy.whitelist_count > 0) {
		evidence->client_key_len = key_client(
		    &lookup->key, &subject->client, evidence->client_key);
		check.client = (struct bytes){ evidence->client_key,
			evidence->client_key_len };
	}
	evidence->triplet_key_len = key_triplet(&lookup->key, &subject->client,
	    subject->sender, subject->recipient, evidence->triplet_key);
	check.triplet = (struct bytes){ evidence->triplet_key,
		evidence->triplet_key_len };
	put_triplet(&unit, &fresh,
	    (struct triplet_record){ .first = now, .last = now });
	check.fresh = (struct bytes){ fresh.data, fresh.len };
	check.fresh_lives = fresh.lives;
	return ask_store(lookup, &check, verdict);
}

const char *
lookup_open(struct lookup *lookup)
{
	if (store_open(lookup->store) == STORE_OK) {
		tell_news(lookup);
		return NULL;
	}
	pause_store(lookup, monotonic_milliseconds());
	return store_reason(lookup->store);
}
