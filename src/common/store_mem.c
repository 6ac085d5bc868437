/* SPDX-License-Identifier: BSD-2-Clause */
/* A store in this process's memory, forgotten at its end, for tests. */
#include <stdlib.h>

#include "store.h"

#define uthash_fatal(message) abort()
#include <uthash.h>

struct mem_record {
	UT_hash_handle hh;
	struct store_value value;
	char key[];
};

struct mem {
	struct mem_record *clients;
	struct mem_record *triplets;
};

static bool
mem_init(struct store *store, const char *place, const char **reason)
{
	if (*place != '\0') {
		*reason = "mem: takes nothing behind the colon";
		return false;
	}
	store->state = calloc(1, sizeof(struct mem));
	*reason = "out of memory";
	return store->state != NULL;
}

static enum store_result
mem_open(struct store *store)
{
	(void)store;
	return STORE_OK;
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
mem_check(struct store *store, const struct store_check *check)
{
	struct mem *mem = store->state;
	struct store_value next_client = { .len = 0 };
	struct store_value next_triplet = { .len = 0 };
	struct bytes value;
	bool decided = false;

	if (check->client.data != NULL)
		decided = check->on_client(check->argument,
		    value_of(find(mem->clients, check->client), &value),
		    &next_client);
	if (!decided)
		check->on_triplet(check->argument,
		    value_of(find(mem->triplets, check->triplet), &value),
		    &next_triplet, &next_client);
	if (store->options.read_only)
		return STORE_OK;
	if (!put(&mem->clients, check->client, &next_client) ||
	    !put(&mem->triplets, check->triplet, &next_triplet))
		return store_failed(store, "out of memory");
	return STORE_OK;
}

static void
clear(struct mem_record **table)
{
	struct mem_record *record, *next;

	HASH_ITER(hh, *table, record, next)
	{
		HASH_DEL(*table, record);
		free(record);
	}
}

static bool
mem_tidy(struct store *store)
{
	(void)store;
	return false;
}

static void
mem_close(struct store *store)
{
	struct mem *mem = store->state;

	clear(&mem->clients);
	clear(&mem->triplets);
	free(mem);
}

const struct store_engine store_mem = { "mem", mem_init, mem_open, mem_open,
	mem_check, mem_tidy, mem_close };
