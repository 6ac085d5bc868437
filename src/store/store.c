/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "store.h"

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

enum store_result
store_become_owner(struct store *store)
{
	return store->engine->become_owner(store);
}

enum store_result
store_open(struct store *store)
{
	return store->engine->open(store);
}

enum store_result
store_check(struct store *store, const struct store_check *check)
{
	return store->engine->check(store, check);
}

enum store_result
store_walk(struct store *store, enum store_table table, struct bytes from,
    store_visit *visit, void *argument)
{
	return store->engine->walk(store, table, from, visit, argument);
}

enum store_result
store_change(struct store *store, enum store_table table,
    const struct bytes *keys, size_t count, store_decide *decide,
    void *argument)
{
	return store->engine->change(
	    store, table, keys, count, decide, argument);
}

enum store_result
store_header(struct store *store, enum store_table table, bool print,
    char out[static STORE_HEADER_MAX])
{
	return store->engine->header(store, table, print, out);
}

enum store_result
store_claim(struct store *store, const char *name, bool *claimed)
{
	return store->engine->claim(store, name, claimed);
}

enum store_result
store_checkpoint(struct store *store)
{
	return store->engine->checkpoint(store);
}

enum store_result
store_compact(struct store *store, enum store_table table,
    bool (*again)(void *argument), void *argument)
{
	return store->engine->compact(store, table, again, argument);
}

enum store_result
store_shrink(struct store *store, enum store_table table)
{
	return store->engine->shrink(store, table);
}

double
store_position(struct store *store, enum store_table table, struct bytes key)
{
	return store->engine->position(store, table, key);
}

int64_t
store_size(struct store *store, enum store_table table)
{
	return store->engine->size(store, table);
}

int64_t
store_longest_hold(const struct store *store)
{
	return store->longest_hold;
}

bool
store_tidy(struct store *store)
{
	return store->engine->tidy(store);
}

void
store_close(struct store *store)
{
	store->engine->close(store);
	free(store);
}

const char *
store_reason(const struct store *store)
{
	return store->reason;
}

enum store_result
store_failed(struct store *store, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(store->reason, sizeof(store->reason), format, arguments);
	va_end(arguments);
	return STORE_ERROR;
}
