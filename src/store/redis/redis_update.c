/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "redis_call.h"
#include "redis_get.h"
#include "redis_keys.h"
#include "redis_map.h"
#include "redis_update.h"

/* Somebody else changes it again and again. */
enum { TRIES_MAX = 20 };

/* What is to become of a record, as far as it is known. */
struct plan {
	enum store_action action;
	bool there; /* it was */
	bool done;
	struct store_value next;
	struct store_value seen; /* the value that was decided on */
};

struct update {
	struct redis *redis;
	enum store_table table;
	const struct bytes *keys;
	size_t count;
	store_decide *decide;
	void *argument;
	struct plan *plans;
	size_t *fresh, fresh_count; /* of the keys: those without a record */
};

static void
plan_one(void *argument, size_t index, const struct bytes *value)
{
	struct update *update = argument;
	struct plan *plan = &update->plans[index];

	plan->next = (struct store_value){ .len = 0 };
	plan->there = value != NULL;
	plan->seen.len = 0;
	if (value != NULL && value->len <= STORE_VALUE_MAX) {
		plan->seen.len = value->len;
		memcpy(plan->seen.data, value->data, value->len);
	}
	plan->action = update->decide(
	    update->argument, index, value, &plan->next);
	if (plan->action == STORE_PUT && plan->next.len == 0)
		plan->action = STORE_LEAVE;
	if (plan->action == STORE_DELETE && !plan->there)
		plan->action = STORE_LEAVE;
	plan->done = plan->action == STORE_LEAVE ||
	    update->redis->store->options.read_only;
}

static struct bytes
value_of(const struct plan *plan)
{
	return (struct bytes){ plan->next.data, plan->next.len };
}

static bool
make_fresh(struct redis *redis, struct redis_command *command, size_t index,
    void *argument)
{
	const struct update *update = argument;
	size_t key = update->fresh[index];
	const struct plan *plan = &update->plans[key];

	return redis_keys_set(redis, command, update->table, update->keys[key],
	    value_of(plan), plan->next.lives, true);
}

/* Nothing was there, and so it is stored. */
static void
take_fresh(size_t index, const redisReply *reply, void *argument)
{
	struct update *update = argument;

	if (reply->type == REDIS_REPLY_NIL)
		update->plans[update->fresh[index]].done = true;
}

static enum store_result
put_fresh(struct update *update)
{
	const struct redis_calls calls = { make_fresh, take_fresh, update };

	update->fresh_count = 0;
	for (size_t i = 0; i < update->count; i++) {
		if (!update->plans[i].done && !update->plans[i].there)
			update->fresh[update->fresh_count++] = i;
	}
	return redis_call_each(update->redis, update->fresh_count, &calls);
}

/* WATCH and GET of one key, which then holds on the connection it went by. */
static bool
make_watch(struct update *update, size_t key, struct redis_command *command)
{
	struct bytes words[2] = { bytes_of("WATCH"),
		redis_keys_name(
		    update->redis, command, update->table, update->keys[key]) };

	redis_command_clear(command);
	return words[1].data != NULL && redis_command_add(command, words, 2) &&
	    redis_keys_get(
		update->redis, command, update->table, update->keys[key]);
}

static bool
make_change(struct update *update, size_t key, struct redis_command *command)
{
	const struct bytes multi = bytes_of("MULTI"), exec = bytes_of("EXEC");
	const struct plan *plan = &update->plans[key];
	struct bytes words[2] = { bytes_of("DEL") };
	bool made;

	redis_command_clear(command);
	made = redis_command_add(command, &multi, 1);
	words[1] = redis_keys_name(
	    update->redis, command, update->table, update->keys[key]);
	if (plan->action == STORE_DELETE)
		made = made && words[1].data != NULL &&
		    redis_command_add(command, words, 2);
	else
		made = made &&
		    redis_keys_set(update->redis, command, update->table,
			update->keys[key], value_of(plan), plan->next.lives,
			false);
	return made && redis_command_add(command, &exec, 1);
}

/* A record that is not what it was is judged anew. */
static void
plan_again(struct update *update, size_t key, const redisReply *reply)
{
	struct bytes value = redis_reply_bytes(reply);
	const struct plan *plan = &update->plans[key];

	if (value.data == NULL || !plan->there || value.len == 0 ||
	    !bytes_equal(
		value, (struct bytes){ plan->seen.data, plan->seen.len }))
		plan_one(update, key, value.data == NULL ? NULL : &value);
}

static enum store_result
try_change(struct update *update, size_t key, struct redis_command *command)
{
	struct redis *redis = update->redis;
	struct redis_node *node;
	redisReply *reply;

	if (!make_watch(update, key, command))
		redis_command_clear(command);
	reply = redis_call(redis, command);
	if (reply == NULL)
		return STORE_ERROR;
	plan_again(update, key, reply);
	freeReplyObject(reply);
	if (update->plans[key].done)
		return STORE_OK;
	node = command->answered;
	if (!make_change(update, key, command))
		redis_command_clear(command);
	command->node = node;
	command->serial = node->link.serial;
	reply = redis_call(redis, command);
	if (reply == NULL)
		return STORE_ERROR;
	update->plans[key].done = reply->type != REDIS_REPLY_NIL;
	freeReplyObject(reply);
	return STORE_OK;
}

static enum store_result
change(struct update *update, size_t key)
{
	struct redis_command command = { .len = 0 };
	enum store_result result = STORE_OK;

	for (int i = 0;
	     i < TRIES_MAX && result == STORE_OK && !update->plans[key].done;
	     i++)
		result = try_change(update, key, &command);
	redis_command_free(&command);
	if (result == STORE_OK && !update->plans[key].done)
		result = store_failed(update->redis->store,
		    "a record was changed by others each time that it was to "
		    "be changed");
	return result;
}

enum store_result
redis_update(struct redis *redis, enum store_table table,
    const struct bytes *keys, size_t count, store_decide *decide,
    void *argument)
{
	struct update update = { redis, table, keys, count, decide, argument,
		calloc(count + 1, sizeof(struct plan)),
		calloc(count + 1, sizeof(size_t)), 0 };
	enum store_result result = STORE_OK;

	if (update.plans == NULL || update.fresh == NULL)
		result = store_failed(redis->store, "out of memory");
	else
		result = redis_get(
		    redis, table, keys, count, plan_one, &update);
	if (result == STORE_OK)
		result = put_fresh(&update);
	for (size_t i = 0; i < count && result == STORE_OK; i++) {
		if (!update.plans[i].done)
			result = change(&update, i);
	}
	free(update.plans);
	free(update.fresh);
	return result;
}
