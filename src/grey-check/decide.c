/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "decide.h"
#include "record.h"

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

static bool
on_client(void *argument, const struct bytes *value, struct store_value *next)
{
	struct unit *unit = argument;
	struct policy_client client;

	unit->client_known = value != NULL &&
	    record_read_client(*value, &unit->seen_client);
	client = policy_client(&unit->decider->policy, unit->now,
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
	    triplet->waited == 0	? VERDICT_NEW :
					  VERDICT_EARLY_RETRY;
	verdict->wait = triplet->wait;
	verdict->waited = triplet->waited;
	verdict->known = triplet->known;
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

static void
on_triplet(void *argument, const struct bytes *value,
    struct store_value *next_triplet, struct store_value *next_client)
{
	struct unit *unit = argument;
	struct triplet_record seen;
	struct policy_triplet triplet;
	bool readable = value != NULL && record_read_triplet(*value, &seen);

	triplet = policy_triplet(&unit->decider->policy, unit->now,
	    readable ? &seen : NULL,
	    unit->client_known ? &unit->seen_client : NULL);
	put_triplet(unit, next_triplet, triplet.next);
	if (triplet.counted)
		put_client(next_client, &triplet.next_client);
	tell(unit->verdict, &triplet);
}

static void
look_up(const struct decider *decider, const struct request *request,
    const struct address *client, int64_t now, struct verdict *verdict)
{
	struct unit unit = { decider, client, now, false, { 0, 0 }, verdict };
	char triplet_key[KEY_MAX], client_key[KEY_MAX];
	struct store_value fresh;
	struct store_check check = { .argument = &unit,
		.on_client = on_client,
		.on_triplet = on_triplet };

	if (decider->policy.whitelist_count > 0)
		check.client = (struct bytes){ client_key,
			key_client(&decider->key, client, client_key) };
	check.triplet = (struct bytes){ triplet_key,
		key_triplet(&decider->key, client,
		    request_value(request, REQUEST_SENDER),
		    request_value(request, REQUEST_RECIPIENT), triplet_key) };
	put_triplet(&unit, &fresh,
	    (struct triplet_record){ .first = now, .last = now });
	check.fresh = (struct bytes){ fresh.data, fresh.len };
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

void
decide(const struct decider *decider, const struct request *request,
    int64_t now, bool ask_store, struct verdict *verdict)
{
	struct address client;

	verdict->problem[0] = '\0';
	verdict->corrected = verdict->whitelisted = false;
	if (!is_usable(request, &client, verdict))
		verdict->reason = VERDICT_UNUSABLE;
	else if (decider->sasl_pass && is_authenticated(request))
		verdict->reason = VERDICT_SASL;
	else if (list_has_client(decider->lists.clients,
		     request_value(request, REQUEST_CLIENT_NAME), &client))
		verdict->reason = VERDICT_CLIENT_WHITELIST;
	else if (list_has_recipient(decider->lists.recipients,
		     request_value(request, REQUEST_RECIPIENT)))
		verdict->reason = VERDICT_RECIPIENT_WHITELIST;
	else if (ask_store)
		look_up(decider, request, &client, now, verdict);
	else {
		verdict->reason = VERDICT_UNAVAILABLE;
		snprintf(verdict->problem, sizeof(verdict->problem), "%s",
		    store_reason(decider->store));
	}
}
