/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "decide.h"
#include "greylist/record.h"

/* postgrey's order, which shows in what is complained of. */
static const enum request_attribute needed[] = { REQUEST_CLIENT_ADDRESS,
	REQUEST_CLIENT_NAME, REQUEST_RECIPIENT, REQUEST_SENDER };

static const char *const state_text[] = {
	[REQUEST_ABSENT] = "attribute missing",
	[REQUEST_TOO_LONG] = "attribute too long",
	[REQUEST_HAS_NUL] = "attribute with a NUL byte",
};

/* What the callbacks of the store's unit of work need, and what they find. */
struct unit {
	const struct decider *decider;
	struct policy policy;
	const struct address *client;
	int64_t now;
	bool client_known;
	struct client_record seen_client;
	struct verdict *verdict;
};

static bool
is_usable(const struct request *request, struct address *client,
    struct verdict *verdict)
{
	struct bytes text = request_value(request, REQUEST_CLIENT_ADDRESS);

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (request_has(request, needed[i]))
			continue;
		snprintf(verdict->problem, sizeof(verdict->problem), "%s: %s",
		    state_text[request->value[needed[i]].state],
		    request_name(needed[i]));
		return false;
	}
	if (address_parse(text, client))
		return true;
	snprintf(verdict->problem, sizeof(verdict->problem),
	    "client_address can't be parsed: '%.*s'",
	    (int)(text.len < 100 ? text.len : 100), text.data);
	return false;
}

static void
put_client(struct store_value *value, const struct client_record *record)
{
	_Static_assert(RECORD_MAX <= STORE_VALUE_MAX, "a record fits a value");
	value->len = record_write_client(record, value->data);
}

/* Keeps a stored value for those who want to see it. */
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
	struct evidence *evidence = unit->decider->evidence;
	struct policy_client client;

	if (evidence != NULL)
		keep(value, &evidence->client_found, &evidence->client);
	unit->client_known = value != NULL &&
	    record_read_client(*value, &unit->seen_client);
	client = policy_client(&unit->policy, unit->now,
	    unit->client_known ? &unit->seen_client : NULL);
	if (client.changed)
		put_client(next, &client.next);
	if (client.whitelisted)
		unit->verdict->reason = VERDICT_CLIENT_AWL;
	return client.whitelisted;
}

static void
tell(struct verdict *verdict, const struct policy_triplet *triplet)
{
	verdict->reason = triplet->pass ? VERDICT_TRIPLET_FOUND :
	    triplet->since_first == 0	? VERDICT_NEW :
					  VERDICT_EARLY_RETRY;
	verdict->wait = triplet->missing;
	verdict->waited = triplet->since_first;
	verdict->known = triplet->passed_before;
	verdict->corrected = triplet->corrected;
	verdict->whitelisted = triplet->whitelisted;
}

static void
put_triplet(const struct unit *unit, struct store_value *value,
    struct triplet_record record)
{
	char host[ADDRESS_TEXT_MAX];

	record.host.data = host;
	record.host.len = key_host(&unit->decider->key, unit->client, host);
	value->len = record_write_triplet(&record, value->data);
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
	struct triplet_record seen;
	struct policy_triplet triplet;
	struct evidence *evidence = unit->decider->evidence;
	bool readable = value != NULL && record_read_triplet(*value, &seen);

	if (evidence != NULL)
		keep(value, &evidence->triplet_found, &evidence->triplet);
	triplet = policy_triplet(&unit->policy, unit->now,
	    readable ? &seen : NULL,
	    unit->client_known ? &unit->seen_client : NULL);
	put_triplet(unit, next_triplet, triplet.next);
	if (unit->verdict->rule.file != NULL && triplet.since_first == 0)
		triplet.counted = triplet.whitelisted = false;
	if (triplet.counted)
		put_client(next_client, &triplet.next_client);
	tell(unit->verdict, &triplet);
}

static void
keep_keys(struct evidence *evidence, const struct store_check *check)
{
	evidence->triplet_key_len = check->triplet.len;
	memcpy(evidence->triplet_key, check->triplet.data, check->triplet.len);
	evidence->client_key_len = check->client.len;
	if (check->client.len > 0)
		memcpy(evidence->client_key, check->client.data,
		    check->client.len);
}

static void
look_up(const struct decider *decider, const struct list_subject *subject,
    int64_t now, struct verdict *verdict)
{
	struct unit unit = { decider, decider->policy, &subject->client, now,
		false, { 0, 0 }, verdict };
	char triplet_key[KEY_MAX], client_key[KEY_MAX];
	struct store_value fresh;
	struct store_check check = { .argument = &unit,
		.on_client = on_client,
		.on_triplet = on_triplet };

	unit.policy.delay = verdict->delay;
	if (decider->policy.whitelist_count > 0)
		check.client = (struct bytes){ client_key,
			key_client(
			    &decider->key, &subject->client, client_key) };
	check.triplet = (struct bytes){ triplet_key,
		key_triplet(&decider->key, &subject->client, subject->sender,
		    subject->recipient, triplet_key) };
	put_triplet(&unit, &fresh,
	    (struct triplet_record){ .first = now, .last = now });
	check.fresh = (struct bytes){ fresh.data, fresh.len };
	if (decider->evidence != NULL)
		keep_keys(decider->evidence, &check);
	if (store_check(decider->store, &check) == STORE_OK)
		return;
	verdict->reason = VERDICT_UNAVAILABLE;
	snprintf(verdict->problem, sizeof(verdict->problem), "%s",
	    store_reason(decider->store));
}

/* A login name that is too long to be kept is one nevertheless. */
static bool
is_authenticated(const struct request *request)
{
	return request_value(request, REQUEST_SASL_USERNAME).len > 0 ||
	    request->value[REQUEST_SASL_USERNAME].state == REQUEST_TOO_LONG;
}

/*
 * True: an entry of the set lets the request pass. An entry with a delay is
 * kept if it is the first.
 */
static bool
passes(const struct list_set *set, const struct list_subject *subject,
    struct verdict *verdict)
{
	struct list_match match = { NULL, 0, LIST_PASSES };

	if (!lists_find(set, subject, &match))
		return false;
	if (match.delay == LIST_PASSES || verdict->rule.file == NULL)
		verdict->rule = match;
	return match.delay == LIST_PASSES;
}

/* Only recipients who opted in are greylisted, if there is a list of them. */
static bool
is_greylisted(const struct list_set *set, const struct list_subject *subject,
    struct verdict *verdict)
{
	struct list_match match = { NULL, 0, LIST_PASSES };

	if (set->count == 0)
		return true;
	if (!lists_find(set, subject, &match))
		return false;
	if (match.delay != LIST_PASSES && verdict->rule.file == NULL)
		verdict->rule = match;
	return true;
}

/* True: the lists decide; else they may have set the delay. */
static bool
ask_lists(const struct decider *decider, const struct list_subject *subject,
    struct verdict *verdict)
{
	const struct list_set *set = decider->lists.set;

	if (passes(&set[LISTS_CLIENTS], subject, verdict))
		verdict->reason = VERDICT_CLIENT_WHITELIST;
	else if (passes(&set[LISTS_RECIPIENTS], subject, verdict))
		verdict->reason = VERDICT_RECIPIENT_WHITELIST;
	else if (passes(&set[LISTS_SENDERS], subject, verdict))
		verdict->reason = VERDICT_SENDER_WHITELIST;
	else if (!is_greylisted(&set[LISTS_GREYLISTED], subject, verdict)) {
		verdict->reason = VERDICT_NOT_GREYLISTED;
		verdict->rule.file = NULL;
	} else {
		verdict->delay = verdict->rule.file == NULL ?
		    decider->policy.delay :
		    verdict->rule.delay;
		return false;
	}
	return true;
}

void
decide(const struct decider *decider, const struct request *request,
    int64_t now, bool ask_store, struct verdict *verdict)
{
	struct list_subject subject;

	verdict->problem[0] = '\0';
	verdict->corrected = verdict->whitelisted = false;
	verdict->rule.file = NULL;
	if (!is_usable(request, &subject.client, verdict)) {
		verdict->reason = VERDICT_UNUSABLE;
		return;
	}
	subject.client_name = request_value(request, REQUEST_CLIENT_NAME);
	subject.sender = request_value(request, REQUEST_SENDER);
	subject.recipient = request_value(request, REQUEST_RECIPIENT);
	if (decider->sasl_pass && is_authenticated(request))
		verdict->reason = VERDICT_SASL;
	else if (ask_lists(decider, &subject, verdict))
		return;
	else if (ask_store)
		look_up(decider, &subject, now, verdict);
	else {
		verdict->reason = VERDICT_UNAVAILABLE;
		snprintf(verdict->problem, sizeof(verdict->problem), "%s",
		    store_reason(decider->store));
	}
}
