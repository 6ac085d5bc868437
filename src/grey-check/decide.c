/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include <stdio.h>

#include "common/monotonic.h"
#include "decide.h"
#include "hidden.h"
#include "lists/list_name.h"

static const char lists_missing[] = "a list can't be read";

/* postgrey's order, which shows in what is complained of. */
static const enum request_attribute needed[] = { REQUEST_CLIENT_ADDRESS,
	REQUEST_CLIENT_NAME, REQUEST_RECIPIENT, REQUEST_SENDER };

static const char *const state_text[] = {
	[REQUEST_ABSENT] = "attribute missing",
	[REQUEST_TOO_LONG] = "attribute too long",
	[REQUEST_HAS_NUL] = "attribute with a NUL byte",
};

static void
refuse_address(struct bytes text, bool hides_values, struct verdict *verdict)
{
	char sum[KEY_SUM_LENGTH];

	if (hides_values) {
		hidden_client(text, sum);
		text = (struct bytes){ sum, sizeof(sum) };
	}
	snprintf(verdict->problem, sizeof(verdict->problem),
	    "client_address can't be parsed: '%.*s'",
	    (int)(text.len < 100 ? text.len : 100), text.data);
}

static bool
is_usable(const struct request *request, bool hides_values,
    struct address *client, struct verdict *verdict)
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
	refuse_address(text, hides_values, verdict);
	return false;
}

/*
 * True: an entry of the set lets the request pass. An entry that makes it wait
 * is kept if it is the first.
 */
static bool
passes(const struct list_set *set, const struct list_subject *subject,
    struct verdict *verdict)
{
	struct list_match match = { .delay = LIST_PASSES };

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
	struct list_match match = { .delay = LIST_PASSES };

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
		verdict->delay = verdict->rule.file == NULL ||
			verdict->rule.delay == LIST_WAITS ?
		    decider->lookup.policy.delay :
		    verdict->rule.delay;
		return false;
	}
	return true;
}

/* A login name that is too long to be kept is one nevertheless. */
static bool
is_authenticated(const struct request *request)
{
	return request_value(request, REQUEST_SASL_USERNAME).len > 0 ||
	    request->value[REQUEST_SASL_USERNAME].state == REQUEST_TOO_LONG;
}

/*
 * True: it was decided without the store; or *missing is what is not available.
 */
static bool
decide_at_once(struct decider *decider, struct decision *decision,
    struct list_subject *subject, const char **missing)
{
	const struct request *request = decision->request;
	struct verdict *verdict = &decision->verdict;

	*missing = decider->unusable;
	if (*missing == NULL &&
	    !lists_refresh(&decider->lists, monotonic_milliseconds()))
		*missing = lists_missing;
	if (*missing != NULL)
		return true;
	if (!is_usable(
		request, decider->hides_values, &subject->client, verdict)) {
		verdict->reason = VERDICT_UNUSABLE;
		return true;
	}
	subject->client_name = request_value(request, REQUEST_CLIENT_NAME);
	subject->sender = request_value(request, REQUEST_SENDER);
	subject->recipient = request_value(request, REQUEST_RECIPIENT);
	if (decider->sasl_pass && is_authenticated(request)) {
		verdict->reason = VERDICT_SASL;
		return true;
	}
	return ask_lists(decider, subject, verdict);
}

/*
 * The header states a delay, so there must have been one. A request without the
 * attribute counts as a message of its own.
 */
static bool
is_first_of_message(const struct decision *decision)
{
	const struct verdict *verdict = &decision->verdict;
	const struct request *request = decision->request;

	return verdict->reason == VERDICT_TRIPLET_FOUND &&
	    !verdict->passed_before && !decision->decider->learn &&
	    !verdict->foreseen &&
	    (verdict->rule.file == NULL || verdict->since_first > 0) &&
	    (!request_has(request, REQUEST_INSTANCE) ||
		instances_is_new(decision->instances,
		    request_value(request, REQUEST_INSTANCE)));
}

/* missing: what is not available, or NULL. */
static void
end(struct decision *decision, const char *missing)
{
	struct verdict *verdict = &decision->verdict;

	if (missing != NULL) {
		verdict->reason = VERDICT_UNAVAILABLE;
		snprintf(
		    verdict->problem, sizeof(verdict->problem), "%s", missing);
	}
	verdict->first_of_message = is_first_of_message(decision);
}

static void
end_inquiry(struct inquiry *inquiry, const char *missing)
{
	struct decision *decision = (struct decision *)inquiry;
	const char *name = decision->verdict.rule.file;

	end(decision, missing);
	decision->done(decision);
	list_name_drop(name);
}

bool
decide_begin(struct decider *decider, struct decision *decision, int64_t now)
{
	struct verdict *verdict = &decision->verdict;
	struct list_subject subject;
	const char *missing;
	bool done;

	decision->decider = decider;
	verdict->problem[0] = '\0';
	verdict->corrected = verdict->whitelisted = false;
	verdict->rule.file = NULL;
	verdict->took = 0;
	verdict->by_server = decider->stays;
	verdict->foreseen = request_has(decision->request, REQUEST_PROBE);
	done = decide_at_once(decider, decision, &subject, &missing);
	if (!done) {
		decision->inquiry.verdict = verdict;
		decision->inquiry.done = end_inquiry;
		missing = lookup_begin(
		    &decider->lookup, &decision->inquiry, &subject, now);
		done = missing != NULL;
		/* Lists and settings may be others before it is done. */
		if (!done)
			(void)list_name_hold(verdict->rule.file);
	}
	if (done)
		end(decision, missing);
	return done;
}

static void
note_done(struct decision *decision)
{
	decision->decider = NULL;
}

void
decide(struct decider *decider, struct decision *decision, int64_t now)
{
	decision->done = note_done;
	if (decide_begin(decider, decision, now))
		return;
	while (decision->decider != NULL)
		lookup_wait(&decider->lookup);
}

void
decider_set(struct decider *decider, const struct settings *settings)
{
	decider->lookup.policy = settings->policy;
	decider->lookup.key = options_key(&settings->key);
	decider->sasl_pass = !settings->sasl_pass_off;
	decider->learn = settings->learn;
	decider->hides_values = settings_hides(settings);
	lookup_serve(&decider->lookup, settings->learn);
	lists_set(&decider->lists, settings);
}

/* The default one is the administrator's to make, as whose it is to be. */
static const char *
state_dir(const struct settings *settings)
{
	if (settings->state_dir != NULL)
		return settings->state_dir;
	return access(DEFAULT_STATE_DIR, F_OK) == 0 ? DEFAULT_STATE_DIR : NULL;
}

bool
decider_init(struct decider *decider, const struct settings *settings,
    enum decider_role role)
{
	bool read_only = role == DECIDER_LOOKS;
	const struct store_options options = { .sync = settings->sync,
		.deadline = settings->store_timeout,
		.state_dir = state_dir(settings),
		.cache = settings->cache,
		.read_only = read_only,
		.serves_many = role == DECIDER_SERVES_MANY,
		.is_value = { record_is_triplet, record_is_client } };

	decider->lookup.store = store_new(settings->store, &options);
	if (decider->lookup.store == NULL)
		return false;
	decider->stays = role == DECIDER_SERVES_MANY;
	decider->lookup.where = read_only ? NULL : settings->store;
	decider_set(decider, settings);
	decider->lists.store = read_only ? NULL : decider->lookup.store;
	return true;
}

void
decider_free(struct decider *decider)
{
	store_close(decider->lookup.store);
	lists_free(&decider->lists);
}

const char *
decider_open(struct decider *decider)
{
	struct store *store = decider->lookup.store;

	if (store_become_owner(store) != STORE_OK)
		return decider->unusable = store_reason(store);
	if (!lists_refresh(&decider->lists, monotonic_milliseconds()))
		return lists_missing;
	return lookup_open(&decider->lookup);
}
