/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>

#include "common/msg.h"
#include "load.h"
#include "merge.h"
#include "pile.h"

enum {
	BATCH = 64,	   /* well under two milliseconds */
	REPORTED_MAX = 100 /* bad records, one by one */
};

static struct batch {
	size_t count;
	enum load_outcome outcomes[BATCH];
	struct store_value next[BATCH];
	struct item items[BATCH];
} batch;

/* What can't be read is kept as long as anything. */
static int64_t
lives(const struct load *load, const struct store_value *next)
{
	const struct policy *policy = &load->settings->policy;
	struct bytes value = { next->data, next->len };
	int64_t now = load->making.now;
	struct triplet_record triplet;
	struct client_record client = { 0, now };

	if (load->settings->table == STORE_TRIPLETS &&
	    record_read_triplet(value, &triplet))
		return policy_triplet_lives(policy, now, &triplet);
	if (load->settings->table == STORE_CLIENTS)
		(void)record_read_client(value, &client);
	return policy_client_lives(policy, now, &client);
}

static enum store_action
decide_one(const struct load *load, size_t index, const struct bytes *there,
    struct store_value *next)
{
	enum store_action action = merge_records(load->settings->mode,
	    load->settings->table, there, &batch.items[index], next);

	batch.outcomes[index] = action == STORE_LEAVE ? LOAD_UNCHANGED :
	    there == NULL			      ? LOAD_NEW :
							LOAD_CHANGED;
	if (action == STORE_DELETE)
		next->len = 0;
	if (action == STORE_PUT)
		next->lives = lives(load, next);
	return action;
}

static enum store_action
decide(void *argument, size_t index, const struct bytes *there,
    struct store_value *next)
{
	enum store_action action = decide_one(argument, index, there, next);

	batch.next[index] = *next;
	return action;
}

/*
 * In a dry run nothing was stored of what came before: what would have been is
 * noted, and counts more than what is there. False: out of memory.
 */
static bool
rehearse_batch(struct load *load)
{
	for (size_t i = 0; i < batch.count; i++) {
		struct bytes key = item_key(&batch.items[i]);
		const struct store_value *noted = rehearsal_find(
		    load->rehearsal, key);
		struct bytes value;

		if (noted != NULL) {
			value = (struct bytes){ noted->data, noted->len };
			(void)decide_one(load, i,
			    noted->len == 0 ? NULL : &value, &batch.next[i]);
		}
		if (batch.outcomes[i] != LOAD_UNCHANGED &&
		    !rehearsal_note(&load->rehearsal, key, &batch.next[i])) {
			msg(MSG_ERROR, "out of memory");
			return false;
		}
	}
	return true;
}

/* Also makes the checkpoint that this makes due. */
static bool
store_batch(struct load *load)
{
	struct bytes keys[BATCH];

	for (size_t i = 0; i < batch.count; i++)
		keys[i] = item_key(&batch.items[i]);
	if (store_update(load->store, load->settings->table, keys, batch.count,
		decide, load) != STORE_OK) {
		msg(MSG_ERROR, "%s; %lu records were loaded",
		    store_reason(load->store), load->records);
		return false;
	}
	if (load->settings->dry_run && !rehearse_batch(load))
		return false;
	for (size_t i = 0; i < batch.count; i++)
		load->outcomes[batch.outcomes[i]]++;
	load->records += batch.count;
	batch.count = 0;
	while (store_checkpoint_step(load->store) == STORE_STEP_MORE)
		continue;
	return true;
}

static void
complain(struct load *load, const struct input *input, const char *problem)
{
	if (++load->bad <= REPORTED_MAX)
		msg(MSG_WARN, "%s:%lu: this record %s", load->name, input->line,
		    problem);
	if (load->bad == REPORTED_MAX)
		msg(MSG_WARN, "%s: further bad records are only counted",
		    load->name);
}

/* All of it, in order. False: that failed. */
static bool
store_pile(struct load *load, struct pile *pile)
{
	bool more = true;

	while (more) {
		more = pile_take(pile, &batch.items[batch.count]);
		batch.count += more;
		if ((batch.count == BATCH || (!more && batch.count > 0)) &&
		    !store_batch(load))
			return false;
		progress_show(&load->progress, load->records);
	}
	return true;
}

static bool
add(struct load *load, struct pile *pile, const struct item *item)
{
	return pile_add(pile, item) ||
	    (store_pile(load, pile) && pile_add(pile, item));
}

/* False: what came before it can't be stored. */
static bool
take_record(struct load *load, const struct input *input, struct pile *pile,
    const struct item *item)
{
	const struct settings *settings = load->settings;
	const char *problem = merge_refuses(
	    settings->mode, settings->table, item);

	if (problem != NULL) {
		complain(load, input, problem);
		return true;
	}
	if (item->verbatim && settings->mode != LOAD_DELETE)
		doubt_judge(&load->doubts, &load->making, settings->table, item,
		    input->line);
	load->made += !item->verbatim;
	return add(load, pile, item);
}

enum taken {
	TAKEN,
	TAKEN_ALL,
	TAKEN_CUT,     /* the rest can't be read */
	TAKEN_UNSTORED /* what came before can't be stored */
};

static enum taken
take(struct load *load, struct input *input, struct pile *pile)
{
	static struct item item;

	switch (input_next(input, &item)) {
	case INPUT_RECORD:
		return take_record(load, input, pile, &item) ? TAKEN :
							       TAKEN_UNSTORED;
	case INPUT_BAD:
		complain(load, input, input->problem);
		return TAKEN;
	case INPUT_FAILED:
		msg(MSG_ERROR, "%s:%lu: %s", load->name, input->line,
		    input->problem);
		return TAKEN_CUT;
	case INPUT_END:
		break;
	}
	return TAKEN_ALL;
}

/* Of a file, how much of it was read. */
static double
fraction_read(void *argument)
{
	FILE *in = argument;
	struct stat status;

	if (fstat(fileno(in), &status) == -1 || !S_ISREG(status.st_mode) ||
	    status.st_size == 0)
		return -1;
	return (double)ftello(in) / (double)status.st_size;
}

/* What was read is stored, also where the rest can't be read. */
static bool
load_all(struct load *load, struct input *input, struct pile *pile)
{
	enum taken taken;

	do {
		taken = take(load, input, pile);
		progress_show(&load->progress, load->records);
	} while (taken == TAKEN);
	return taken != TAKEN_UNSTORED && store_pile(load, pile) &&
	    taken == TAKEN_ALL;
}

bool
load_input(struct load *load, FILE *in)
{
	static struct input input;
	struct pile *pile = pile_new();
	bool done;

	if (pile == NULL) {
		msg(MSG_ERROR, "out of memory");
		return false;
	}
	input_init(&input, in, load->settings->table, &load->making);
	progress_begin(&load->progress, "grey-load", fraction_read, in);
	done = load_all(load, &input, pile);
	progress_end(&load->progress);
	pile_free(pile);
	doubt_tell(&load->doubts, load->name);
	return done;
}

/*
 * A record that was seen for as long as the retry window has passed, whatever
 * the delay of the entry in a list that may hold for it.
 */
bool
load_passed(struct load *load)
{
	const struct settings *settings = load->settings;
	const struct policy *policy = &settings->policy;
	const struct key_settings *keys = &load->making.keys;
	char key[KEY_MAX], host[ADDRESS_TEXT_MAX];
	int64_t now = load->making.now, age = policy->delay;
	struct bytes whole = { key,
		key_triplet(keys, &settings->client, settings->sender,
		    settings->recipient, key) };

	if (age < policy->retry_window)
		age = policy->retry_window;
	if (now < age) {
		msg(MSG_ERROR, "--%s: is longer than the time since 1970",
		    age == policy->delay ? "delay" : "retry-window");
		return false;
	}
	(void)item_from_triplet(&whole, 1, now - age, now,
	    (struct bytes){ host, key_host(keys, &settings->client, host) },
	    &batch.items[batch.count++]);
	load->made++;
	return store_batch(load);
}
