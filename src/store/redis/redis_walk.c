/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "redis_get.h"
#include "redis_scan.h"
#include "redis_walk.h"

/* Values are read for so many keys at a time, then shown. */
enum { BATCH = 512 };

struct value {
	bool there;
	size_t len;
	char *data; /* of a long one; else in `small` */
	char small[STORE_VALUE_MAX];
};

struct walk {
	struct redis *redis;
	enum store_table table;
	store_visit *visit;
	void *argument;
	bool enough, out_of_memory;
	struct value values[BATCH];
};

/* One of some other program may be of any length. */
static void
keep(void *argument, size_t index, const struct bytes *bytes)
{
	struct walk *walk = argument;
	struct value *value = &walk->values[index];
	char *data = value->small;

	value->there = bytes != NULL;
	if (bytes == NULL)
		return;
	if (bytes->len > sizeof(value->small)) {
		data = value->data = malloc(bytes->len);
		walk->out_of_memory |= data == NULL;
	}
	value->len = data == NULL ? 0 : bytes->len;
	if (value->len > 0)
		memcpy(data, bytes->data, value->len);
}

static void
show(struct walk *walk, const struct bytes *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct value *value = &walk->values[i];
		struct bytes bytes = { value->data == NULL ? value->small :
							     value->data,
			value->len };

		if (value->there && !walk->enough)
			walk->enough = !walk->visit(
			    walk->argument, keys[i], bytes);
		free(value->data);
		value->data = NULL;
	}
}

static enum store_result
walk_keys(struct walk *walk, const struct redis_scan *scan)
{
	enum store_result result = STORE_OK;
	size_t count;

	for (size_t i = 0; i < scan->count && !walk->enough; i += count) {
		count = scan->count - i < BATCH ? scan->count - i : BATCH;
		result = redis_get(walk->redis, walk->table, scan->keys + i,
		    count, keep, walk);
		if (result == STORE_OK && walk->out_of_memory)
			result = store_failed(
			    walk->redis->store, "out of memory");
		walk->enough |= result != STORE_OK;
		show(walk, scan->keys + i, count);
	}
	return result;
}

/* What was not kept of the keys is asked for again, from the next one on. */
static bool
go_on_after(const struct redis_scan *scan, struct bytes *from, char **next)
{
	struct bytes last = scan->keys[scan->count - 1];
	char *copy = realloc(*next, last.len + 1);

	if (copy == NULL)
		return false;
	memcpy(copy, last.data, last.len);
	copy[last.len] = '\0';
	*from = (struct bytes){ copy, last.len + 1 };
	*next = copy;
	return true;
}

enum store_result
redis_walk(struct redis *redis, enum store_table table, struct bytes from,
    store_visit *visit, void *argument)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	struct redis_scan scan = { .count = 0 };
	enum store_result result = STORE_OK;
	char *next = NULL;
	bool more = true;

	if (walk == NULL)
		return store_failed(redis->store, "out of memory");
	walk->redis = redis;
	walk->table = table;
	walk->visit = visit;
	walk->argument = argument;
	while (more && result == STORE_OK && !walk->enough) {
		result = redis_scan(redis, table, from, &scan);
		if (result == STORE_OK)
			result = walk_keys(walk, &scan);
		more = scan.more;
		if (more && !go_on_after(&scan, &from, &next))
			result = store_failed(redis->store, "out of memory");
	}
	redis_scan_free(&scan);
	free(next);
	free(walk);
	return result;
}
