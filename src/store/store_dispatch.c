/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "store_engine.h"

static const struct store_engine *const engines[] = { &store_bdb, &store_mem,
	&store_fail };

/* The engine of "scheme:place"; a WHERE without a scheme is a directory. */
static const struct store_engine *
find_engine(const char *where, const char **place)
{
	size_t len = strcspn(where, ":/");

	if (where[len] != ':') {
		*place = where;
		return &store_bdb;
	}
	*place = where + len + 1;
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		if (strlen(engines[i]->scheme) == len &&
		    memcmp(engines[i]->scheme, where, len) == 0)
			return engines[i];
	}
	return NULL;
}

struct store *
store_new(
    const char *where, const struct store_options *options, const char **reason)
{
	const char *place;
	const struct store_engine *engine = find_engine(where, &place);
	struct store *store;

	if (engine == NULL) {
		*reason = "no such kind of store; give a directory, or "
			  "bdb:DIRECTORY";
		return NULL;
	}
	store = calloc(1, sizeof(*store));
	if (store == NULL) {
		*reason = "out of memory";
		return NULL;
	}
	store->engine = engine;
	store->options = *options;
	if (!engine->init(store, place, reason)) {
		free(store);
		return NULL;
	}
	return store;
}

/* What is called of an engine that does not name it. */
static enum store_result
lacks(struct store *store, const char *operation)
{
	return store_failed(store, "%s: this kind of store has no %s",
	    store->engine->scheme, operation);
}

#define CALL(store, operation, ...) \
	((store)->engine->operation == NULL ? \
		lacks(store, #operation) : \
		(store)->engine->operation(store, __VA_ARGS__))

enum store_result
store_check(struct store *store, const struct store_check *check)
{
	return CALL(store, check, check);
}

enum store_result
store_walk(struct store *store, enum store_table table, struct bytes from,
    store_visit *visit, void *argument)
{
	return CALL(store, walk, table, from, visit, argument);
}

enum store_result
store_get(struct store *store, enum store_table table, const struct bytes *keys,
    size_t count, store_show *show, void *argument)
{
	return CALL(store, get, table, keys, count, show, argument);
}

enum store_result
store_update(struct store *store, enum store_table table,
    const struct bytes *keys, size_t count, store_decide *decide,
    void *argument)
{
	return CALL(store, update, table, keys, count, decide, argument);
}

enum store_result
store_header(struct store *store, enum store_table table, bool print,
    char out[static STORE_HEADER_MAX])
{
	return CALL(store, header, table, print, out);
}

enum store_result
store_claim(struct store *store, const char *name, bool *claimed)
{
	return CALL(store, claim, name, claimed);
}

enum store_result
store_checkpoint(struct store *store)
{
	return store->engine->checkpoint == NULL ?
	    lacks(store, "checkpoint") :
	    store->engine->checkpoint(store);
}

enum store_result
store_compact(struct store *store, enum store_table table,
    bool (*again)(void *argument), void *argument)
{
	return CALL(store, compact, table, again, argument);
}

enum store_result
store_shrink(struct store *store, enum store_table table)
{
	return CALL(store, shrink, table);
}

enum store_result
store_open(struct store *store)
{
	return store->engine->open == NULL ? STORE_OK :
					     store->engine->open(store);
}

enum store_result
store_become_owner(struct store *store)
{
	return store->engine->become_owner == NULL ?
	    STORE_OK :
	    store->engine->become_owner(store);
}

bool
store_checkpoint_step(struct store *store)
{
	return store->engine->checkpoint_step != NULL &&
	    store->engine->checkpoint_step(store);
}

double
store_position(struct store *store, enum store_table table, struct bytes key)
{
	return store->engine->position == NULL ?
	    -1 :
	    store->engine->position(store, table, key);
}

int64_t
store_size(struct store *store, enum store_table table)
{
	return store->engine->size == NULL ? 0 :
					     store->engine->size(store, table);
}

int64_t
store_longest_hold(const struct store *store)
{
	return store->longest_hold;
}

const char *
store_reason(const struct store *store)
{
	return store->reason;
}

void
store_close(struct store *store)
{
	if (store->engine->close != NULL)
		store->engine->close(store);
	free(store);
}
