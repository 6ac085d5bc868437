/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stores for tests: mem, in this process's memory and forgotten at its end, and
 * fail, which can be opened and fails at every check.
 */
#include <stdio.h>
#include <stdlib.h>

#include "store_engine.h"

#define uthash_fatal(message) abort()
#include <uthash.h>

/* The state is an array of these, one for each table. */
struct mem_record {
	UT_hash_handle hh;
	struct store_value value;
	char key[];
};

static bool
mem_init(struct store *store, const char *scheme, const char *place,
    const char **reason)
{
	(void)scheme;
	if (*place != '\0') {
		*reason = "mem: takes nothing after the colon";
		return false;
	}
	store->state = calloc(STORE_TABLES, sizeof(struct mem_record *));
	*reason = "out of memory";
	return store->state != NULL;
}

static struct mem_record *
find(struct mem_record *table, struct bytes key)
{
	struct mem_record *record;

	HASH_FIND(hh, table, key.data, (unsigned)key.len, record);
	return record;
}

/* False: out of memory. */
static bool
put(struct mem_record **table, struct bytes key, const struct store_value *next)
{
	struct mem_record *record = find(*table, key);

	if (next->len == 0)
		return true;
	if (record == NULL) {
		record = calloc(1, sizeof(*record) + key.len);
		if (record == NULL)
			return false;
		memcpy(record->key, key.data, key.len);
		HASH_ADD(hh, *table, key, (unsigned)key.len, record);
	}
	record->value = *next;
	return true;
}

static const struct bytes *
value_of(const struct mem_record *record, struct bytes *value)
{
	if (record == NULL)
		return NULL;
	*value = (struct bytes){ record->value.data, record->value.len };
	return value;
}

static enum store_result
check_one(struct store *store, const struct store_check *check)
{
	struct mem_record **tables = store->state;
	struct store_value next_client = { .len = 0 };
	struct store_value next_triplet = { .len = 0 };
	struct bytes value;
	bool decided = false;

	if (check->client.data != NULL)
		decided = check->on_client(check->argument,
		    value_of(
			find(tables[STORE_CLIENTS], check->client), &value),
		    &next_client);
	if (!decided)
		check->on_triplet(check->argument,
		    value_of(
			find(tables[STORE_TRIPLETS], check->triplet), &value),
		    &next_triplet, &next_client);
	if (store->options.read_only)
		return STORE_OK;
	if (!put(&tables[STORE_CLIENTS], check->client, &next_client) ||
	    !put(&tables[STORE_TRIPLETS], check->triplet, &next_triplet))
		return store_failed(store, "out of memory");
	return STORE_OK;
}

static enum store_result
mem_check(
    struct store *store, const struct store_check *const *checks, size_t count)
{
	enum store_result result = STORE_OK;

	for (size_t i = 0; i < count && result == STORE_OK; i++)
		result = check_one(store, checks[i]);
	return result;
}

static struct bytes
key_of(const struct mem_record *record)
{
	return (struct bytes){ record->key, record->hh.keylen };
}

static int
by_key(const struct mem_record *a, const struct mem_record *b)
{
	return bytes_compare(key_of(a), key_of(b));
}

static enum store_result
mem_walk(struct store *store, enum store_table table, struct bytes from,
    store_visit *visit, void *argument)
{
	struct mem_record **tables = store->state, **records = &tables[table];
	struct mem_record *record;
	struct bytes value;

	HASH_SORT(*records, by_key);
	for (record = *records; record != NULL; record = record->hh.next) {
		if (bytes_compare(key_of(record), from) >= 0 &&
		    !visit(argument, key_of(record), *value_of(record, &value)))
			break;
	}
	return STORE_OK;
}

static enum store_result
mem_get(struct store *store, enum store_table table, const struct bytes *keys,
    size_t count, store_show *show, void *argument)
{
	struct mem_record **tables = store->state;
	struct bytes value;

	for (size_t i = 0; i < count; i++)
		show(argument, i,
		    value_of(find(tables[table], keys[i]), &value));
	return STORE_OK;
}

static enum store_result
mem_update(struct store *store, enum store_table table,
    const struct bytes *keys, size_t count, store_decide *decide,
    void *argument)
{
	struct mem_record **tables = store->state, **records = &tables[table];
	struct mem_record *record;
	struct store_value next;
	struct bytes value;

	for (size_t i = 0; i < count; i++) {
		enum store_action action;

		next.len = 0;
		record = find(*records, keys[i]);
		action = decide(argument, i, value_of(record, &value), &next);
		if (store->options.read_only)
			continue;
		if (action == STORE_DELETE && record != NULL) {
			HASH_DEL(*records, record);
			free(record);
		}
		if (action == STORE_PUT && !put(records, keys[i], &next))
			return store_failed(store, "out of memory");
	}
	return STORE_OK;
}

static enum store_result
mem_header(struct store *store, enum store_table table, bool print, char *out)
{
	(void)store;
	(void)table;
	snprintf(out, STORE_HEADER_MAX,
	    "VERSION=3\nformat=%s\ntype=btree\nHEADER=END\n",
	    print ? "print" : "bytevalue");
	return STORE_OK;
}

static void
mem_close(struct store *store)
{
	struct mem_record **tables = store->state;
	struct mem_record *record, *next;

	for (int i = 0; i < STORE_TABLES; i++) {
		HASH_ITER(hh, tables[i], record, next)
		{
			HASH_DEL(tables[i], record);
			free(record);
		}
	}
	free(tables);
}

const struct store_engine store_mem = {
	.schemes = { "mem" },
	.init = mem_init,
	.check = mem_check,
	.walk = mem_walk,
	.get = mem_get,
	.update = mem_update,
	.header = mem_header,
	.close = mem_close,
};

static bool
fail_init(struct store *store, const char *scheme, const char *place,
    const char **reason)
{
	(void)store;
	(void)scheme;
	*reason = "fail: takes nothing after the colon";
	return *place == '\0';
}

static enum store_result
fail_check(
    struct store *store, const struct store_check *const *checks, size_t count)
{
	(void)checks;
	(void)count;
	return store_failed(store, "the store is fail:, made to fail");
}

const struct store_engine store_fail = {
	.schemes = { "fail" },
	.init = fail_init,
	.check = fail_check,
};
