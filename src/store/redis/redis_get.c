/* SPDX-License-Identifier: BSD-2-Clause */
#include "redis_call.h"
#include "redis_get.h"
#include "redis_keys.h"

struct get {
	enum store_table table;
	const struct bytes *keys;
	store_show *show;
	void *argument;
};

static bool
make(struct redis *redis, struct redis_command *command, size_t index,
    void *argument)
{
	const struct get *get = argument;

	return redis_keys_get(redis, command, get->table, get->keys[index]);
}

static void
take(size_t index, const redisReply *reply, void *argument)
{
	const struct get *get = argument;
	struct bytes value = redis_reply_bytes(reply);

	get->show(get->argument, index, value.data == NULL ? NULL : &value);
}

enum store_result
redis_get(struct redis *redis, enum store_table table, const struct bytes *keys,
    size_t count, store_show *show, void *argument)
{
	struct get get = { table, keys, show, argument };
	const struct redis_calls calls = { make, take, &get };

	return redis_call_each(redis, count, &calls);
}
