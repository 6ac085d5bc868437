/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "common/monotonic.h"
#include "redis_check.h"
#include "redis_keys.h"
#include "redis_route.h"

struct found {
	bool there;
	struct store_value value;
};

struct redis_check {
	struct redis *redis;
	struct store_pending *pending;
	struct redis_check *next; /* of those that are spare */
	struct redis_command commands[STORE_TABLES];
	struct found found[STORE_TABLES];
	int64_t deadline;
	int missing; /* replies */
	bool failed; /* the store has the reason */
	bool looks;  /* nothing is stored */
};

bool
redis_check_reserve(struct redis *redis)
{
	redis->spare = calloc(1, sizeof(*redis->spare));
	return redis->spare != NULL;
}

static struct redis_check *
take_spare(struct redis *redis)
{
	struct redis_check *check = redis->spare;

	if (check == NULL)
		check = calloc(1, sizeof(*check));
	else
		redis->spare = check->next;
	return check;
}

void
redis_check_free(struct redis *redis)
{
	struct redis_check *check;

	while ((check = redis->spare) != NULL) {
		redis->spare = check->next;
		for (int i = 0; i < STORE_TABLES; i++)
			redis_command_free(&check->commands[i]);
		free(check);
	}
}

static void
end(struct redis_check *check)
{
	struct redis *redis = check->redis;
	struct store_pending *pending = check->pending;
	bool failed = check->failed;
	const char *trouble = "";

	for (int i = 0; i < STORE_TABLES && failed; i++) {
		if (check->commands[i].trouble[0] != '\0')
			trouble = check->commands[i].trouble;
	}
	if (failed)
		(void)store_failed(redis->store, "%s", trouble);
	check->next = redis->spare;
	redis->spare = check;
	pending->done(pending, failed ? STORE_ERROR : STORE_OK);
}

/* A command that there was no memory for has no parts, and so fails. */
static void
submit(struct redis_check *check, enum store_table table, bool made)
{
	struct redis_command *command = &check->commands[table];

	check->missing++;
	if (!made)
		redis_command_clear(command);
	redis_send(check->redis, command, check->deadline);
}

static void
take_written(struct redis_command *command, const redisReply *reply)
{
	struct redis_check *check = command->argument;

	if (reply != NULL && reply->type != REDIS_REPLY_STATUS)
		redis_command_failed(
		    command, "a server answers SET with something else");
	check->failed |= reply == NULL || reply->type != REDIS_REPLY_STATUS;
	if (--check->missing == 0)
		end(check);
}

static void
write_value(struct redis_check *check, enum store_table table, struct bytes key,
    const struct store_value *next)
{
	struct redis_command *command = &check->commands[table];
	struct bytes value = { next->data, next->len };

	redis_command_clear(command);
	command->done = take_written;
	submit(check, table,
	    redis_keys_set(
		check->redis, command, table, key, value, next->lives, false));
}

/* Whether it worked or not, the check is decided. */
static void
take_unset(struct redis_command *command, const redisReply *reply)
{
	struct redis_check *check = command->argument;

	(void)reply;
	if (--check->missing == 0)
		end(check);
}

/*
 * The client decides, and the triplet was set to see what is there. Left so it
 * would let others of the client's network pass, who have not waited.
 */
static void
take_back(struct redis_check *check)
{
	const struct store_check *asked = &check->pending->check;
	struct redis_command *command = &check->commands[STORE_TRIPLETS];

	redis_command_clear(command);
	command->done = take_unset;
	submit(check, STORE_TRIPLETS,
	    redis_keys_unset(check->redis, command, STORE_TRIPLETS,
		asked->triplet, asked->fresh));
}

static const struct bytes *
value_of(const struct found *found, struct bytes *value)
{
	*value = (struct bytes){ found->value.data, found->value.len };
	return found->there ? value : NULL;
}

/* What is stored is the fresh value, or what costs more than it is worth. */
static bool
is_needless(const struct redis_check *check, const struct store_value *next)
{
	return next->len == 0 || next->spare ||
	    (!check->found[STORE_TRIPLETS].there &&
		bytes_equal((struct bytes){ next->data, next->len },
		    check->pending->check.fresh));
}

static void
decide(struct redis_check *check)
{
	const struct store_check *asked = &check->pending->check;
	struct store_value client = { .len = 0 }, triplet = { .len = 0 };
	bool decided = false;
	struct bytes value;

	if (asked->client.data != NULL)
		decided = asked->on_client(asked->argument,
		    value_of(&check->found[STORE_CLIENTS], &value), &client);
	if (!decided)
		asked->on_triplet(asked->argument,
		    value_of(&check->found[STORE_TRIPLETS], &value), &triplet,
		    &client);
	check->missing = 0;
	if (!check->looks && client.len > 0)
		write_value(check, STORE_CLIENTS, asked->client, &client);
	if (!check->looks && !is_needless(check, &triplet))
		write_value(check, STORE_TRIPLETS, asked->triplet, &triplet);
	if (!check->looks && decided && !check->found[STORE_TRIPLETS].there)
		take_back(check);
	if (check->missing == 0)
		end(check);
}

/* A value that is too long counts as one that can't be read. */
static void
keep(struct redis_check *check, struct found *found, const redisReply *reply,
    struct redis_command *command)
{
	struct bytes value = redis_reply_bytes(reply);

	found->there = value.data != NULL;
	found->value.len = 0;
	if (!found->there && reply->type != REDIS_REPLY_NIL) {
		redis_command_failed(command,
		    "a server answers GET or SET with something other than a "
		    "value");
		check->failed = true;
	} else if (found->there && value.len <= STORE_VALUE_MAX) {
		found->value.len = value.len;
		memcpy(found->value.data, value.data, value.len);
	}
}

static void
take_found(struct redis_command *command, const redisReply *reply)
{
	struct redis_check *check = command->argument;
	size_t table = (size_t)(command - check->commands);

	if (reply == NULL)
		check->failed = true;
	else
		keep(check, &check->found[table], reply, command);
	if (--check->missing > 0)
		return;
	if (check->failed)
		end(check);
	else
		decide(check);
}

static void
look(struct redis_check *check, enum store_table table, struct bytes key)
{
	const struct store_check *asked = &check->pending->check;
	struct redis_command *command = &check->commands[table];
	struct redis *redis = check->redis;
	bool fresh = table == STORE_TRIPLETS && !check->looks;

	redis_command_clear(command);
	command->done = take_found;
	command->argument = check;
	submit(check, table,
	    fresh ? redis_keys_set(redis, command, table, key, asked->fresh,
			asked->fresh_lives, true) :
		    redis_keys_get(redis, command, table, key));
}

void
redis_check_refuse(struct redis *redis, struct store_pending *pending)
{
	snprintf(redis->denial, sizeof(redis->denial), "%.*s",
	    (int)sizeof(redis->denial) - 1, redis->store->reason);
	pending->next = redis->denied;
	redis->denied = pending;
}

void
redis_check_begin(struct redis *redis, struct store_pending *pending)
{
	struct redis_check *check = take_spare(redis);

	if (check == NULL) {
		(void)store_failed(redis->store, "out of memory");
		redis_check_refuse(redis, pending);
		return;
	}
	check->redis = redis;
	check->pending = pending;
	check->deadline = monotonic_milliseconds() + redis->deadline;
	check->missing = 0;
	check->failed = false;
	check->looks = pending->foresee || redis->store->options.read_only;
	for (int i = 0; i < STORE_TABLES; i++) {
		check->commands[i].trouble[0] = '\0';
		check->commands[i].argument = check;
	}
	if (pending->check.client.data != NULL)
		look(check, STORE_CLIENTS, pending->check.client);
	look(check, STORE_TRIPLETS, pending->check.triplet);
}

void
redis_check_tell(struct redis *redis)
{
	struct store_pending *pending = redis->denied, *next;

	redis->denied = NULL;
	for (; pending != NULL; pending = next) {
		next = pending->next;
		(void)store_failed(redis->store, "%s", redis->denial);
		pending->done(pending, STORE_ERROR);
	}
}
