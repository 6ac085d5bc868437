/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>

#include "common/monotonic.h"
#include "greylist/record.h"
#include "lookup.h"
#include "use_news.h"

/* Milliseconds. */
enum { FIRST_PAUSE = 1000, LONGEST_PAUSE = 8000 };

static void
put_client(const struct inquiry *inquiry, struct store_value *value,
    const struct client_record *record)
{
	_Static_assert(RECORD_MAX <= STORE_VALUE_MAX, "a record fits a value");
	value->len = record_write_client(record, value->data);
	value->lives = policy_client_lives(
	    &inquiry->policy, inquiry->now, record);
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
	struct inquiry *inquiry = argument;
	struct evidence *evidence = &inquiry->evidence;
	struct policy_client client;

	keep(value, &evidence->client_found, &evidence->client);
	inquiry->client_known = value != NULL &&
	    record_read_client(*value, &inquiry->seen_client);
	/* An entry that somebody wrote counts more than what was learned. */
	if (inquiry->verdict->rule.file != NULL)
		return false;
	client = policy_client(&inquiry->policy, inquiry->now,
	    inquiry->client_known ? &inquiry->seen_client : NULL);
	if (client.changed)
		put_client(inquiry, next, &client.next);
	if (client.whitelisted)
		inquiry->verdict->reason = VERDICT_CLIENT_AWL;
	return client.whitelisted;
}

static void
put_triplet(const struct inquiry *inquiry, struct store_value *value,
    struct triplet_record record)
{
	char host[ADDRESS_TEXT_MAX];

	record.host.data = host;
	record.host.len = key_host(&inquiry->key, &inquiry->client, host);
	value->len = record_write_triplet(&record, value->data);
	value->lives = policy_triplet_lives(
	    &inquiry->policy, inquiry->now, &record);
}

/*
 * A triplet that never waited, by a rule with a delay of 0, shows nothing about
 * its client.
 */
static void
on_triplet(void *argument, const struct bytes *value,
    struct store_value *next_triplet, struct store_value *next_client)
{
	struct inquiry *inquiry = argument;
	struct verdict *verdict = inquiry->verdict;
	struct triplet_record seen;
	struct policy_triplet triplet;
	struct evidence *evidence = &inquiry->evidence;
	bool readable = value != NULL && record_read_triplet(*value, &seen);

	keep(value, &evidence->triplet_found, &evidence->triplet);
	triplet = policy_triplet(&inquiry->policy, inquiry->now,
	    readable ? &seen : NULL,
	    inquiry->client_known ? &inquiry->seen_client : NULL);
	put_triplet(inquiry, next_triplet, triplet.next);
	next_triplet->spare = triplet.next_is_spare;
	if (verdict->rule.file != NULL && triplet.since_first == 0)
		triplet.counted = triplet.whitelisted = false;
	if (triplet.counted)
		put_client(inquiry, next_client, &triplet.next_client);
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
	if (store_backs_off(lookup->store))
		return;
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

static void
end(struct store_pending *pending, enum store_result result)
{
	struct inquiry *inquiry = (struct inquiry *)pending;
	struct lookup *lookup = inquiry->lookup;
	int64_t ended = monotonic_milliseconds();

	inquiry->verdict->took = ended - inquiry->begun;
	if (result != STORE_OK) {
		/* Those that were begun before the first failed are no more. */
		if (ended >= lookup->pause_ends)
			pause_store(lookup, ended);
		inquiry->done(inquiry, store_reason(lookup->store));
		return;
	}
	lookup->pause = 0;
	tell_news(lookup);
	inquiry->done(inquiry, NULL);
}

static void
set_keys(struct inquiry *inquiry, const struct list_subject *subject)
{
	const struct key_settings *settings = &inquiry->key;
	struct evidence *evidence = &inquiry->evidence;
	struct store_check *check = &inquiry->pending.check;

	evidence->triplet_found = evidence->client_found = false;
	evidence->client_key_len = 0;
	check->client.data = NULL;
	if (inquiry->policy.whitelist_count > 0) {
		evidence->client_key_len = key_client(
		    settings, &subject->client, evidence->client_key);
		check->client = (struct bytes){ evidence->client_key,
			evidence->client_key_len };
	}
	evidence->triplet_key_len = key_triplet(settings, &subject->client,
	    subject->sender, subject->recipient, evidence->triplet_key);
	check->triplet = (struct bytes){ evidence->triplet_key,
		evidence->triplet_key_len };
}

static void
set_check(struct inquiry *inquiry, const struct list_subject *subject)
{
	struct store_check *check = &inquiry->pending.check;

	set_keys(inquiry, subject);
	put_triplet(inquiry, &inquiry->fresh,
	    (struct triplet_record){
		.first = inquiry->now, .last = inquiry->now });
	check->fresh = (struct bytes){ inquiry->fresh.data,
		inquiry->fresh.len };
	check->fresh_lives = inquiry->fresh.lives;
	check->argument = inquiry;
	check->on_client = on_client;
	check->on_triplet = on_triplet;
}

const char *
lookup_begin(struct lookup *lookup, struct inquiry *inquiry,
    const struct list_subject *subject, int64_t now)
{
	const struct verdict *verdict = inquiry->verdict;

	inquiry->begun = monotonic_milliseconds();
	if (lookup->pause > 0 && inquiry->begun < lookup->pause_ends)
		return store_reason(lookup->store);
	inquiry->lookup = lookup;
	inquiry->policy = lookup->policy;
	inquiry->key = lookup->key;
	inquiry->policy.delay = verdict->delay;
	if (verdict->rule.file != NULL && verdict->rule.never)
		inquiry->policy.whitelist_count = 0;
	inquiry->client = subject->client;
	inquiry->now = now;
	inquiry->client_known = false;
	set_check(inquiry, subject);
	inquiry->pending.foresee = verdict->foreseen;
	inquiry->pending.done = end;
	store_begin(lookup->store, &inquiry->pending);
	return NULL;
}

void
lookup_wait(struct lookup *lookup)
{
	struct pollfd input = { .fd = store_descriptor(lookup->store),
		.events = POLLIN };
	int patience = store_patience(lookup->store);

	if (patience != 0)
		(void)poll(&input, 1, patience);
	store_turn(lookup->store);
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
