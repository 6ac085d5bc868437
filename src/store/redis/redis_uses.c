/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/mark.h"
#include "common/monotonic.h"
#include "common/num.h"
#include "redis_call.h"
#include "redis_key.h"
#include "redis_route.h"
#include "redis_uses.h"

/* Seconds, but for the last. */
enum { RECENTLY = 3600, LONG = 600, BETWEEN = 60, LAST_WAIT = 100 };

/* One of the hash's fields. */
struct entry {
	struct bytes text;
	int64_t served, since;
};

struct redis_uses {
	struct redis *redis;
	char text[STORE_USE_MAX];
	size_t len;
	uint64_t mark;
	int64_t next; /* epoch seconds */
	enum store_use_news news;
	struct redis_command command;
	size_t missing;
};

static void
aim(struct redis *redis, struct redis_command *command, const char *key)
{
	command->slot = redis->url.kind == REDIS_CLUSTER ?
	    (int)redis_key_slot(bytes_of(key)) :
	    -1;
}

static void
make_question(struct redis *redis, struct redis_command *command)
{
	const struct bytes words[] = { bytes_of("HGETALL"),
		bytes_of(REDIS_USES_KEY) };

	redis_command_clear(command);
	(void)redis_command_add(command, words, 2);
	aim(redis, command, REDIS_USES_KEY);
}

/* Field and value, "served,since", from there on. False: there is none. */
static bool
read_entry(const redisReply *reply, size_t index, struct entry *entry)
{
	struct bytes value = redis_reply_bytes(
	    redis_reply_element(reply, index + 1));
	const char *comma;

	entry->text = redis_reply_bytes(redis_reply_element(reply, index));
	entry->served = entry->since = 0;
	if (entry->text.data == NULL || value.data == NULL)
		return false;
	comma = memchr(value.data, ',', value.len);
	if (comma == NULL)
		return true;
	(void)num_decimal(
	    (struct bytes){ value.data, (size_t)(comma - value.data) },
	    &entry->served);
	(void)num_decimal(
	    bytes_from(value, (size_t)(comma - value.data) + 1), &entry->since);
	return true;
}

/* Puts it where it belongs among those that are there, the last first. */
static size_t
insert(const struct entry *entry, struct entry order[static STORE_USES_MAX + 1],
    size_t count)
{
	size_t at = count;

	for (; at > 0 && order[at - 1].served < entry->served; at--)
		order[at] = order[at - 1];
	order[at] = *entry;
	return count < STORE_USES_MAX ? count + 1 : count;
}

/* Those that served last. */
static size_t
read_entries(
    const redisReply *reply, struct entry order[static STORE_USES_MAX + 1])
{
	struct entry entry;
	size_t count = 0;

	for (size_t i = 0; read_entry(reply, i, &entry); i += 2) {
		if (entry.text.len > 0 && entry.text.len <= STORE_USE_MAX)
			count = insert(&entry, order, count);
	}
	return count;
}

/* What is new about ours, and since when it has been there. */
static int64_t
judge(struct redis_uses *uses, const struct entry *order, size_t count,
    int64_t now)
{
	const struct entry *ours = NULL, *other = NULL;

	for (size_t i = 0; i < count; i++) {
		bool same = bytes_equal(
		    order[i].text, (struct bytes){ uses->text, uses->len });

		if (same)
			ours = &order[i];
		else if (other == NULL)
			other = &order[i];
	}
	if (ours == NULL || now - ours->served >= RECENTLY) {
		if (other != NULL)
			uses->news = STORE_USE_NEW;
		return now;
	}
	if (other != NULL && other->served > ours->served &&
	    now - other->served < RECENTLY && now - other->since >= LONG &&
	    now - ours->since >= LONG)
		uses->news = STORE_USE_IN_TURN;
	return ours->since;
}

static void
take_written(struct redis_command *command, const redisReply *reply)
{
	struct redis_uses *uses = command->argument;

	(void)reply;
	uses->missing = 0;
}

/* Ours; and one that is too many goes. */
static void
write_entry(struct redis_uses *uses, const struct entry *oldest, int64_t now,
    int64_t since)
{
	struct redis_command *command = &uses->command;
	char value[2 * NUM_TEXT_MAX + 2];
	const struct bytes key = bytes_of(REDIS_USES_KEY);
	struct bytes words[] = { bytes_of("HSET"), key,
		{ uses->text, uses->len }, { value, 0 } };
	struct bytes gone[] = { bytes_of("HDEL"), key, { NULL, 0 } };

	words[3].len = (size_t)snprintf(
	    value, sizeof(value), "%" PRId64 ",%" PRId64, now, since);
	redis_command_clear(command);
	if (!redis_command_add(command, words, 4))
		redis_command_clear(command);
	if (oldest != NULL) {
		gone[2] = oldest->text;
		(void)redis_command_add(command, gone, 3);
	}
	command->done = take_written;
	redis_send(uses->redis, command,
	    monotonic_milliseconds() + uses->redis->deadline);
}

static void
take_entries(struct redis_command *command, const redisReply *reply)
{
	struct redis_uses *uses = command->argument;
	struct entry order[STORE_USES_MAX + 1];
	int64_t now = time(NULL), since;
	size_t count = reply == NULL ? 0 : read_entries(reply, order);

	if (reply == NULL || reply->type != REDIS_REPLY_ARRAY) {
		uses->missing = 0;
		return;
	}
	since = judge(uses, order, count, now);
	write_entry(uses,
	    count == STORE_USES_MAX && since == now ? &order[count - 1] : NULL,
	    now, since);
}

void
redis_uses_begin(struct redis *redis, struct bytes text)
{
	struct redis_uses *uses = redis->uses;

	if (uses == NULL)
		uses = redis->uses = calloc(1, sizeof(*uses));
	if (uses == NULL)
		return;
	uses->redis = redis;
	uses->len = text.len < STORE_USE_MAX ? text.len : STORE_USE_MAX;
	if (uses->len > 0)
		memcpy(uses->text, text.data, uses->len);
	uses->mark = mark_add(
	    mark_add(MARK_NONE, bytes_of(redis->store->place)),
	    (struct bytes){ uses->text, uses->len });
	uses->next = 0;
}

void
redis_uses_serve(struct redis *redis)
{
	struct redis_uses *uses = redis->uses;
	int64_t now;

	if (uses == NULL || uses->len == 0 || uses->missing > 0 ||
	    redis->store->options.read_only)
		return;
	now = time(NULL);
	if (now < uses->next && uses->next - now <= BETWEEN)
		return;
	uses->next = now + BETWEEN;
	if (redis->state != NULL &&
	    !redis_state_is_due(redis->state, uses->mark, now, BETWEEN))
		return;
	make_question(redis, &uses->command);
	uses->command.done = take_entries;
	uses->command.argument = uses;
	uses->missing = 1;
	redis_send(
	    redis, &uses->command, monotonic_milliseconds() + redis->deadline);
}

enum store_use_news
redis_uses_news(struct redis *redis)
{
	enum store_use_news news = STORE_USE_AS_BEFORE;

	if (redis->uses != NULL) {
		news = redis->uses->news;
		redis->uses->news = STORE_USE_AS_BEFORE;
	}
	return news;
}

size_t
redis_uses_read(
    struct redis *redis, struct store_use uses[static STORE_USES_MAX])
{
	struct redis_command command = { .len = 0 };
	struct entry order[STORE_USES_MAX + 1];
	redisReply *reply;
	size_t count = 0;

	make_question(redis, &command);
	reply = redis_call_within(redis, &command, redis->deadline);
	redis_command_free(&command);
	if (reply != NULL)
		count = read_entries(reply, order);
	for (size_t i = 0; i < count; i++) {
		uses[i].served = order[i].served;
		uses[i].len = order[i].text.len;
		memcpy(uses[i].text, order[i].text.data, uses[i].len);
	}
	freeReplyObject(reply);
	return count;
}

void
redis_uses_end(struct redis *redis)
{
	if (redis->uses == NULL)
		return;
	redis_wait(redis, &redis->uses->missing, LAST_WAIT);
	redis_command_free(&redis->uses->command);
	free(redis->uses);
	redis->uses = NULL;
}

/* Among the processes of this host; else, among those of all. */
bool
redis_uses_say_once(struct redis *redis, uint64_t mark)
{
	struct redis_command command = { .len = 0 };
	char key[64];
	const struct bytes words[] = { bytes_of("SET"), { key, 0 },
		bytes_of("1"), bytes_of("NX"), bytes_of("EX"),
		bytes_of("86400") };
	struct bytes named[6];
	redisReply *reply;
	bool first;

	if (redis->state != NULL)
		return redis_state_say_once(redis->state, mark);
	memcpy(named, words, sizeof(words));
	named[1].len = (size_t)snprintf(
	    key, sizeof(key), REDIS_SAID_KEY "%016" PRIx64, mark);
	(void)redis_command_add(&command, named, 6);
	aim(redis, &command, key);
	reply = redis_call_within(redis, &command, redis->deadline);
	first = reply == NULL || reply->type != REDIS_REPLY_NIL;
	redis_command_free(&command);
	freeReplyObject(reply);
	return first;
}
