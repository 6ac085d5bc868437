/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/monotonic.h"
#include "redis_map.h"
#include "redis_nodes.h"
#include "redis_search.h"
#include "redis_way.h"

static void
end(struct redis *redis, int64_t now, const char *trouble)
{
	redis->search.going = false;
	redis->search.done(redis, now, trouble);
}

static void
ask_next(struct redis *redis, int64_t now)
{
	struct redis_search *search = &redis->search;
	struct redis_node *source = redis_map_source(redis, now);

	if (source == NULL) {
		end(redis, now,
		    search->trouble[0] != '\0' ?
			search->trouble :
			"none of the servers that are known can be used now");
		return;
	}
	search->going = true;
	search->source = source;
	if (!redis_map_ask(redis, &search->command))
		redis_command_clear(&search->command);
	search->command.node = source;
	/* Which leaves time for another one. */
	if (redis_way_begin(redis, &search->command, now + redis->deadline / 2))
		(void)redis_way_to(&search->command, source, now);
}

/* One more connection at a server that has none of the keys is spared. */
static void
let_go(struct redis_node *source)
{
	if (source->slots == 0 && source != source->redis->master)
		redis_link_close(&source->link);
}

static void
found(struct redis_command *command, const redisReply *reply)
{
	struct redis *redis = command->argument;
	struct redis_search *search = &redis->search;
	struct redis_node *source = search->source;
	int64_t now = monotonic_milliseconds();
	const char *trouble;

	if (reply == NULL)
		snprintf(search->trouble, sizeof(search->trouble), "%s",
		    command->trouble);
	else {
		trouble = redis_map_take(redis, source, reply);
		if (trouble == NULL) {
			end(redis, now, NULL);
			let_go(source);
			return;
		}
		redis_node_explain(source, trouble, search->trouble);
	}
	ask_next(redis, now);
}

void
redis_search_begin(struct redis *redis, int64_t now)
{
	struct redis_search *search = &redis->search;

	if (search->going)
		return;
	search->count++;
	search->begun = now;
	search->trouble[0] = '\0';
	search->command.done = found;
	search->command.argument = redis;
	ask_next(redis, now);
}

void
redis_search_soon(struct redis *redis, int64_t now, int64_t span)
{
	if (redis->url.kind != REDIS_SINGLE &&
	    now - redis->search.begun >= span)
		redis_search_begin(redis, now);
}
