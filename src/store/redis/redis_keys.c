/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "common/num.h"
#include "redis_key.h"
#include "redis_keys.h"

struct bytes
redis_keys_name(struct redis *redis, struct redis_command *command,
    enum store_table table, struct bytes key)
{
	size_t room = key.len + REDIS_KEY_MORE;
	struct bytes name = { NULL, 0 };
	char *scratch;

	if (room > redis->scratch_room) {
		scratch = realloc(redis->scratch, room);
		if (scratch == NULL)
			return name;
		redis->scratch = scratch;
		redis->scratch_room = room;
	}
	name.data = redis->scratch;
	name.len = redis_key_make(table, key, redis->scratch);
	command->slot = redis->url.kind == REDIS_CLUSTER ?
	    (int)redis_key_slot(name) :
	    -1;
	return name;
}

bool
redis_keys_get(struct redis *redis, struct redis_command *command,
    enum store_table table, struct bytes key)
{
	struct bytes words[2] = { bytes_of("GET"),
		redis_keys_name(redis, command, table, key) };

	return words[1].data != NULL && redis_command_add(command, words, 2);
}

bool
redis_keys_set(struct redis *redis, struct redis_command *command,
    enum store_table table, struct bytes key, struct bytes value, int64_t lives,
    bool fresh)
{
	char number[NUM_TEXT_MAX];
	struct bytes words[7] = { bytes_of("SET"),
		redis_keys_name(redis, command, table, key), value };
	size_t count = 3;

	if (fresh) {
		words[count++] = bytes_of("NX");
		words[count++] = bytes_of("GET");
	}
	if (lives > 0) {
		words[count++] = bytes_of("EX");
		words[count++] = (struct bytes){ number,
			num_format(lives, number) };
	}
	return words[1].data != NULL &&
	    redis_command_add(command, words, count);
}

bool
redis_keys_unset(struct redis *redis, struct redis_command *command,
    enum store_table table, struct bytes key, struct bytes value)
{
	struct bytes words[] = { bytes_of("SET"),
		redis_keys_name(redis, command, table, key), value,
		bytes_of("XX"), bytes_of("PX"), bytes_of("1") };

	return words[1].data != NULL && redis_command_add(command, words, 6);
}
