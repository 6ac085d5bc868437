/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/monotonic.h"
#include "redis_error.h"
#include "redis_map.h"
#include "redis_nodes.h"
#include "redis_route.h"
#include "redis_search.h"
#include "redis_way.h"

/* Milliseconds, but for the first. */
enum { REDIRECTS_MAX = 6, BETWEEN_SEARCHES = 1000, BETWEEN_TRIES = 25 };

static void
wait_for_map(struct redis *redis, struct redis_command *command, int64_t now)
{
	command->rerouted = true;
	command->stage = REDIS_WAITING;
	redis_queue_add(&redis->waiting, command);
	redis_search_begin(redis, now);
}

void
redis_route(struct redis *redis, struct redis_command *command, int64_t now)
{
	struct redis_node *node = command->asked != NULL ? command->asked :
	    command->node != NULL			 ? command->node :
				    redis_map_find(redis, command->slot);

	if (node == NULL && !command->rerouted)
		wait_for_map(redis, command, now);
	else if (node == NULL) {
		redis_command_failed(command, "no server is known that has %s",
		    redis->url.kind == REDIS_CLUSTER ? "the key's slot" :
						       "the keys");
		redis_way_fail(redis, command);
	} else if (!redis_way_to(command, node, now) && command->node == NULL)
		redis_search_soon(redis, now, BETWEEN_SEARCHES);
}

void
redis_send(struct redis *redis, struct redis_command *command, int64_t deadline)
{
	if (redis_way_begin(redis, command, deadline))
		redis_route(redis, command, monotonic_milliseconds());
}

/* Those that wait for the map go on: trouble NULL, to where it says. */
static void
take_map(struct redis *redis, int64_t now, const char *trouble)
{
	struct redis_queue waiting = redis->waiting;
	struct redis_command *command;

	redis->waiting.first = NULL;
	while ((command = redis_queue_take(&waiting)) != NULL) {
		if (trouble == NULL) {
			redis_route(redis, command, now);
			continue;
		}
		if (command->trouble[0] == '\0')
			redis_command_failed(command, "%s", trouble);
		redis_way_fail(redis, command);
	}
}

static void
follow(struct redis_command *command, struct redis_node *from, bool moved,
    const struct redis_redirect *redirect)
{
	struct redis *redis = from->redis;
	struct redis_host host = redirect->host;
	struct redis_node *node;
	int64_t now = monotonic_milliseconds();

	if (host.name[0] == '\0')
		memcpy(host.name, from->host.name, sizeof(host.name));
	node = redis_node_of(redis, &host, REDIS_ROLE_DATA);
	if (node == NULL ||
	    (moved && !redis_map_set(redis, redirect->slot, node))) {
		redis_way_fail_at(
		    command, from, "names more servers than there is room");
		return;
	}
	if (!moved) {
		command->asked = node;
		command->asking = true;
	}
	redis_route(redis, command, now);
	if (moved)
		redis_search_soon(redis, now, BETWEEN_SEARCHES);
}

/* In a moment it may be another one, or be well again. */
static void
put_off(
    struct redis_command *command, struct redis_node *node, struct bytes text)
{
	struct redis *redis = node->redis;
	int64_t now = monotonic_milliseconds();
	char trouble[REDIS_EXPLANATION_MAX];

	redis_error_explain(text, trouble);
	redis_node_explain(node, trouble, command->trouble);
	if (!bytes_begin_with(text, bytes_of("TRYAGAIN")))
		command->paused_by = node;
	command->not_before = now + BETWEEN_TRIES;
	command->stage = REDIS_WAITING;
	redis_queue_add(&redis->later, command);
	redis_search_soon(redis, now, BETWEEN_TRIES * 2);
}

static void
take_error(
    struct redis_command *command, struct redis_node *node, struct bytes text)
{
	char trouble[REDIS_EXPLANATION_MAX];
	enum redis_error kind = redis_error_kind(text);
	struct redis_redirect redirect;

	if (kind <= REDIS_ERROR_ASK && node->redis->url.kind == REDIS_CLUSTER &&
	    command->node == NULL && command->redirects++ < REDIRECTS_MAX &&
	    redis_redirect_parse(text, &redirect)) {
		follow(command, node, kind == REDIS_ERROR_MOVED, &redirect);
		return;
	}
	if (kind == REDIS_ERROR_PASSING && command->serial == 0) {
		put_off(command, node, text);
		return;
	}
	redis_error_explain(text, trouble);
	redis_way_fail_at(command, node, trouble);
}

static void
take_reply(
    struct redis_link *link, struct redis_command *command, redisReply *reply)
{
	struct redis_node *node = link->owner;
	bool is_error = reply->type == REDIS_REPLY_ERROR;
	struct bytes text = { reply->str, reply->len };

	node->redis->linked--;
	command->asked = command->at = NULL;
	command->answered = node;
	command->asking = false;
	if (is_error && !command->wants_errors)
		take_error(command, node, text);
	else {
		redis_pause_worked(&node->pause);
		redis_way_end(node->redis, command);
		command->done(command, reply);
	}
	if (!node->redis->keeps_reply)
		freeReplyObject(reply);
	node->redis->keeps_reply = false;
}

/* What was on it may be told to another one, once. */
static void
find_another(struct redis_command *command, struct redis_node *node, bool idle,
    const char *trouble, int64_t now)
{
	struct redis *redis = node->redis;
	bool in_time = command->deadline > now && command->serial == 0;

	command->asked = command->at = NULL;
	command->asking = false;
	if (idle && in_time && !command->resent) {
		command->resent = true;
		redis_route(redis, command, now);
	} else if (in_time && !command->rerouted && command->node == NULL &&
	    redis->url.kind != REDIS_SINGLE) {
		redis_node_explain(node, trouble, command->trouble);
		wait_for_map(redis, command, now);
	} else if (command->paused_by != NULL)
		redis_way_fail(redis, command); /* with what was said before */
	else
		redis_way_fail_at(command, node, trouble);
}

static void
take_failure(struct redis_link *link, struct redis_queue queue, bool idle,
    const char *trouble)
{
	struct redis_node *node = link->owner;
	int64_t now = monotonic_milliseconds();
	char copy[REDIS_TROUBLE_MAX];
	struct redis_command *command;

	snprintf(copy, sizeof(copy), "%s", trouble);
	if (!idle || (queue.first != NULL && queue.first->resent)) {
		memcpy(node->trouble, copy, sizeof(copy));
		redis_node_failed(node, now);
	}
	while ((command = redis_queue_take(&queue)) != NULL) {
		node->redis->linked--;
		find_another(command, node, idle, copy, now);
	}
}

void
redis_route_init(struct redis *redis)
{
	redis->replied = take_reply;
	redis->failed = take_failure;
	redis->search.done = take_map;
}
