/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>

#include "store_engine.h"

struct foresight {
	const struct store_check *check;
	bool decided;
};

static void
foresee_client(void *argument, size_t index, const struct bytes *value)
{
	struct foresight *foresight = argument;
	struct store_value dropped = { .len = 0 };

	(void)index;
	foresight->decided = foresight->check->on_client(
	    foresight->check->argument, value, &dropped);
}

static void
foresee_triplet(void *argument, size_t index, const struct bytes *value)
{
	struct foresight *foresight = argument;
	struct store_value dropped[STORE_TABLES] = { { .len = 0 } };

	(void)index;
	foresight->check->on_triplet(
	    foresight->check->argument, value, &dropped[0], &dropped[1]);
}

enum store_result
store_foresee(struct store *store, const struct store_check *check)
{
	struct foresight foresight = { check, false };
	enum store_result result = STORE_OK;

	if (check->client.data != NULL)
		result = store_get(store, STORE_CLIENTS, &check->client, 1,
		    foresee_client, &foresight);
	if (result == STORE_OK && !foresight.decided)
		result = store_get(store, STORE_TRIPLETS, &check->triplet, 1,
		    foresee_triplet, &foresight);
	return result;
}

/* What an engine that never waits has begun stands in a queue. */
void
store_begin(struct store *store, struct store_pending *pending)
{
	if (store->engine->begin != NULL) {
		store->engine->begin(store, pending);
		return;
	}
	pending->next = NULL;
	if (store->first == NULL)
		store->first = pending;
	else
		store->last->next = pending;
	store->last = pending;
}

static struct store_pending *
take_first(struct store *store)
{
	struct store_pending *pending = store->first;

	store->first = pending->next;
	return pending;
}

static enum store_result
check_one(struct store *store, const struct store_check *check)
{
	if (store->engine->check == NULL)
		return store_failed(store,
		    "%s: this kind of store has no check",
		    store->engine->schemes[0]);
	return store->engine->check(store, &check, 1);
}

/*
 * When one of several makes the unit of work fail, each gets a unit of its own:
 * so only those fail that can't be done.
 */
static void
check_batch(
    struct store *store, struct store_pending *const *batch, size_t count)
{
	const struct store_check *checks[STORE_BATCH];
	enum store_result result = STORE_ERROR;

	for (size_t i = 0; i < count; i++)
		checks[i] = &batch[i]->check;
	if (count > 1)
		result = store->engine->check(store, checks, count);
	for (size_t i = 0; i < count; i++)
		batch[i]->done(batch[i],
		    result == STORE_OK ? STORE_OK :
					 check_one(store, checks[i]));
}

void
store_turn(struct store *store)
{
	struct store_pending *batch[STORE_BATCH], *pending;
	size_t count = 0;

	if (store->engine->turn != NULL) {
		store->engine->turn(store);
		return;
	}
	while (store->first != NULL && !store->first->foresee &&
	    count < STORE_BATCH)
		batch[count++] = take_first(store);
	if (count > 0)
		check_batch(store, batch, count);
	else if (store->first != NULL) {
		pending = take_first(store);
		pending->done(pending, store_foresee(store, &pending->check));
	}
}

int
store_descriptor(struct store *store)
{
	return store->engine->descriptor == NULL ?
	    -1 :
	    store->engine->descriptor(store);
}

int
store_patience(struct store *store)
{
	if (store->engine->patience != NULL)
		return store->engine->patience(store);
	return store->first == NULL ? -1 : 0;
}

bool
store_backs_off(const struct store *store)
{
	return store->engine->begin != NULL;
}

/* A check by itself, which is waited for. */
struct alone {
	struct store_pending pending;
	enum store_result result;
	bool done;
};

static void
end_alone(struct store_pending *pending, enum store_result result)
{
	struct alone *alone = (struct alone *)pending;

	alone->result = result;
	alone->done = true;
}

enum store_result
store_check(struct store *store, const struct store_check *check)
{
	struct alone alone = { .pending = {
				   .check = *check, .done = end_alone } };
	struct pollfd input = { .events = POLLIN };

	if (store->engine->begin == NULL)
		return check_one(store, check);
	store_begin(store, &alone.pending);
	store_turn(store);
	while (!alone.done) {
		input.fd = store_descriptor(store);
		(void)poll(&input, 1, store_patience(store));
		store_turn(store);
	}
	return alone.result;
}
