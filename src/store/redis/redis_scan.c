/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "redis_call.h"
#include "redis_key.h"
#include "redis_scan.h"

enum {
	/* Bytes of keys that are kept at a time. */
	KEPT_MAX = 128 * 1024 * 1024,
	CURSOR_MAX = 32
};

/* Of places that a server looks at in one step. */
#define COUNT "1000"

/*
 * A key: its place in `data`, which moves; so they are offsets while they come,
 * and pointers when all are there.
 */
static struct bytes
at(const struct redis_scan *scan, size_t index)
{
	const struct bytes *key = &scan->keys[index];

	return (struct bytes){ scan->data + (uintptr_t)key->data, key->len };
}

static bool
grow(void **memory, size_t *room, size_t needed, size_t size)
{
	size_t more = *room == 0 ? 1024 : *room;
	void *grown;

	while (more < needed)
		more *= 2;
	if (more == *room)
		return true;
	grown = realloc(*memory, more * size);
	if (grown == NULL)
		return false;
	*memory = grown;
	*room = more;
	return true;
}

static int
by_bytes(const void *a, const void *b, void *argument)
{
	const char *data = argument;
	struct bytes one = *(const struct bytes *)a;
	struct bytes other = *(const struct bytes *)b;

	one.data = data + (uintptr_t)one.data;
	other.data = data + (uintptr_t)other.data;
	return bytes_compare(one, other);
}

/* In order, and each once: a server may name a key twice. */
static void
sort(struct redis_scan *scan)
{
	size_t kept = 0;

	if (scan->count > 0)
		qsort_r(scan->keys, scan->count, sizeof(*scan->keys), by_bytes,
		    scan->data);
	for (size_t i = 0; i < scan->count; i++) {
		if (kept == 0 || !bytes_equal(at(scan, kept - 1), at(scan, i)))
			scan->keys[kept++] = scan->keys[i];
	}
	scan->count = kept;
}

/* The first half stays; what is after it is for another time. */
static bool
halve(struct redis_scan *scan)
{
	char *data;
	size_t used = 0;

	sort(scan);
	if (scan->count > 1)
		scan->count /= 2;
	scan->bound = scan->count - 1;
	scan->more = true;
	data = malloc(scan->bytes);
	if (data == NULL)
		return false;
	for (size_t i = 0; i < scan->count; i++) {
		struct bytes key = at(scan, i);

		memcpy(data + used, key.data, key.len);
		scan->keys[i].data = (const char *)(uintptr_t)used;
		used += key.len;
	}
	free(scan->data);
	scan->data = data;
	scan->used = used;
	return true;
}

static bool
is_wanted(const struct redis_scan *scan, struct bytes key)
{
	return bytes_compare(key, scan->from) >= 0 &&
	    (!scan->more || bytes_compare(key, at(scan, scan->bound)) <= 0);
}

static bool
keep(struct redis_scan *scan, struct bytes key)
{
	void *data = scan->data, *keys = scan->keys;
	bool grown = grow(&data, &scan->bytes, scan->used + key.len + 1, 1);

	scan->data = data;
	grown = grown &&
	    grow(&keys, &scan->room, scan->count + 1, sizeof(*scan->keys));
	scan->keys = keys;
	if (!grown)
		return false;
	memcpy(scan->data + scan->used, key.data, key.len);
	scan->keys[scan->count++] = (struct bytes){
		(const char *)(uintptr_t)scan->used, key.len
	};
	scan->used += key.len;
	return scan->used < KEPT_MAX || halve(scan);
}

static bool
take_name(struct redis_scan *scan, enum store_table table, struct bytes theirs)
{
	void *name = scan->name;
	struct bytes key = { NULL, 0 };

	if (!grow(&name, &scan->name_room, theirs.len + 1, 1))
		return false;
	scan->name = name;
	key.data = name;
	return !redis_key_read(table, theirs, name, &key.len) ||
	    !is_wanted(scan, key) || keep(scan, key);
}

/* [cursor, [key, ...]] */
static bool
take_names(struct redis_scan *scan, enum store_table table,
    const redisReply *reply, char *cursor, size_t room)
{
	const redisReply *names = redis_reply_element(reply, 1);
	struct bytes next = redis_reply_bytes(redis_reply_element(reply, 0));
	const redisReply *name;

	if (next.len == 0 || next.len >= room || names == NULL)
		return false;
	memcpy(cursor, next.data, next.len);
	cursor[next.len] = '\0';
	for (size_t i = 0; (name = redis_reply_element(names, i)) != NULL;
	     i++) {
		if (!take_name(scan, table, redis_reply_bytes(name)))
			return false;
	}
	return true;
}

/*
 * A server that comes back to a cursor goes round for ever. No real one does,
 * and to find it, one of the cursors that were is enough, if it is a later one
 * each time: after 1, 2, 4 ... steps.
 */
struct round {
	char cursor[CURSOR_MAX];
	uint64_t steps, next;
};

static bool
comes_back(struct round *round, const char cursor[static CURSOR_MAX])
{
	if (round->steps > 0 && strcmp(cursor, round->cursor) == 0)
		return true;
	if (round->steps++ >= round->next) {
		memcpy(round->cursor, cursor, CURSOR_MAX);
		round->next = 2 * round->steps;
	}
	return false;
}

static enum store_result
scan_node(struct redis *redis, enum store_table table, struct redis_node *node,
    struct redis_scan *scan)
{
	struct redis_command command = { .len = 0 };
	enum store_result result = STORE_OK;
	char cursor[CURSOR_MAX] = "0";
	struct round round = { .steps = 0 };
	redisReply *reply;

	do {
		const struct bytes words[] = { bytes_of("SCAN"),
			bytes_of(cursor), bytes_of("MATCH"),
			bytes_of(redis_key_pattern(table)), bytes_of("COUNT"),
			bytes_of(COUNT) };

		redis_command_clear(&command);
		if (!redis_command_add(&command, words, 6))
			redis_command_clear(&command);
		command.node = node;
		reply = redis_call(redis, &command);
		if (reply == NULL)
			result = STORE_ERROR;
		else if (!take_names(
			     scan, table, reply, cursor, sizeof(cursor)) ||
		    comes_back(&round, cursor))
			result = store_failed(redis->store,
			    "out of memory, or answers to SCAN that lead "
			    "nowhere");
		freeReplyObject(reply);
	} while (result == STORE_OK && strcmp(cursor, "0") != 0);
	redis_command_free(&command);
	return result;
}

/* Then it is known who has the keys. */
static enum store_result
ask_for_map(struct redis *redis)
{
	const struct bytes ping = bytes_of("PING");
	struct redis_command command = { .slot = 0 };
	redisReply *reply;

	(void)redis_command_add(&command, &ping, 1);
	reply = redis_call(redis, &command);
	redis_command_free(&command);
	freeReplyObject(reply);
	return reply == NULL ? STORE_ERROR : STORE_OK;
}

/* Offsets become pointers, and the data stay where they are. */
static void
finish(struct redis_scan *scan)
{
	sort(scan);
	for (size_t i = 0; i < scan->count; i++)
		scan->keys[i] = at(scan, i);
}

enum store_result
redis_scan(struct redis *redis, enum store_table table, struct bytes from,
    struct redis_scan *scan)
{
	enum store_result result = ask_for_map(redis);

	scan->from = from;
	scan->count = scan->used = 0;
	scan->more = false;
	for (size_t i = 0; i < redis->count && result == STORE_OK; i++) {
		struct redis_node *node = redis->nodes[i];

		if (node->slots > 0 || node == redis->master)
			result = scan_node(redis, table, node, scan);
	}
	if (result == STORE_OK)
		finish(scan);
	return result;
}

void
redis_scan_free(struct redis_scan *scan)
{
	free(scan->keys);
	free(scan->data);
	free(scan->name);
}
