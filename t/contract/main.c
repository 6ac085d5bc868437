/* SPDX-License-Identifier: BSD-2-Clause */
/* usage: contract STORE; all that is in it is deleted. */
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "common/msg.h"
#include "contract.h"

enum { DELETED_AT_ONCE = 64, KEY_ROOM = 16384 };

static const struct unit_test *const tables[] = { contract_checks,
	contract_records, contract_processes };

static const char *where;

static struct store *
open_as(bool read_only)
{
	const struct store_options options = { .read_only = read_only,
		.deadline = 5000 };
	struct store *store = store_new(where, &options);

	if (store == NULL)
		exit(2);
	CHECK_DONE(store, store_open(store));
	return store;
}

struct store *
contract_open(void)
{
	return open_as(false);
}

struct store *
contract_open_read_only(void)
{
	return open_as(true);
}

bool
contract_is_kept(void)
{
	return strcmp(where, "mem:") != 0;
}

struct found {
	size_t count;
	size_t len[DELETED_AT_ONCE];
	char key[DELETED_AT_ONCE][KEY_ROOM];
};

static bool
find(void *argument, struct bytes key, struct bytes value)
{
	struct found *found = argument;

	(void)value;
	memcpy(found->key[found->count], key.data, key.len);
	found->len[found->count] = key.len;
	return ++found->count < DELETED_AT_ONCE;
}

static enum store_action delete (void *argument, size_t index,
    const struct bytes *value, struct store_value *next) {
	(void)argument; (void)index; (void)value; (void)next;
	return STORE_DELETE;
}

static void
wipe(struct store *store, enum store_table table)
{
	static struct found found;
	struct bytes keys[DELETED_AT_ONCE];
	enum store_result result;

	do {
		found.count = 0;
		result = store_walk(
		    store, table, (struct bytes){ "", 0 }, find, &found);
		CHECK_DONE(store, result);
		for (size_t i = 0; i < found.count; i++)
			keys[i] = (struct bytes){ found.key[i], found.len[i] };
		result = store_update(
		    store, table, keys, found.count, delete, NULL);
		CHECK_DONE(store, result);
	} while (result == STORE_OK && found.count == DELETED_AT_ONCE);
}

struct store *
contract_empty(void)
{
	struct store *store = contract_open();

	wipe(store, STORE_TRIPLETS);
	wipe(store, STORE_CLIENTS);
	return store;
}

void
contract_done(
    const char *file, int line, struct store *store, enum store_result result)
{
	if (!unit_check(
		file, line, "the store has done it", result == STORE_OK))
		printf("# %s\n", store_reason(store));
}

static enum store_action
put(void *argument, size_t index, const struct bytes *value,
    struct store_value *next)
{
	const struct bytes *wanted = argument;

	(void)index;
	(void)value;
	next->len = wanted->len;
	memcpy(next->data, wanted->data, wanted->len);
	return STORE_PUT;
}

void
contract_put(struct store *store, enum store_table table, struct bytes key,
    struct bytes value)
{
	CHECK_DONE(store, store_update(store, table, &key, 1, put, &value));
}

/* Valid until the next call. */
static struct store_value kept;
static bool is_there;

static void
keep(void *argument, size_t index, const struct bytes *value)
{
	(void)argument;
	(void)index;
	is_there = value != NULL;
	kept.len = is_there ? value->len : 0;
	if (kept.len > 0)
		memcpy(kept.data, value->data, kept.len);
}

struct bytes
contract_value(struct store *store, enum store_table table, struct bytes key)
{
	is_there = false;
	CHECK_DONE(store, store_get(store, table, &key, 1, keep, NULL));
	return is_there ? (struct bytes){ kept.data, kept.len } :
			  (struct bytes){ NULL, 0 };
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: contract STORE\n");
		return 2;
	}
	where = argv[1];
	msg_init();
	msg_open(MSG_STDERR, "contract", LOG_MAIL, MSG_WARN);
	return unit_run(tables, ROWS(tables));
}
