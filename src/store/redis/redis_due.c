/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "redis_due.h"
#include "redis_nodes.h"
#include "redis_route.h"
#include "redis_way.h"

static void
take_out(struct redis_queue *queue, struct redis_command *command)
{
	struct redis_queue rest = { NULL, NULL };
	struct redis_command *at;

	while ((at = redis_queue_take(queue)) != NULL) {
		if (at != command)
			redis_queue_add(&rest, at);
	}
	*queue = rest;
}

static void
expire(struct redis *redis, struct redis_command *command, int64_t now)
{
	char trouble[REDIS_TROUBLE_MAX];

	if (command->stage == REDIS_LINKED) {
		snprintf(trouble, sizeof(trouble),
		    "gives no answer in time (%lld ms)",
		    (long long)redis->patience);
		redis_link_give_up(&command->at->link, trouble);
		return;
	}
	take_out(command->not_before == 0 ? &redis->waiting : &redis->later,
	    command);
	if (command->paused_by != NULL) {
		snprintf(command->paused_by->trouble,
		    sizeof(command->paused_by->trouble), "%s",
		    "did not become well within the deadline");
		redis_node_failed(command->paused_by, now);
	}
	if (command->trouble[0] == '\0')
		redis_command_failed(
		    command, "nobody said in time which server has the keys");
	redis_way_fail(redis, command);
}

static void
retry(struct redis *redis, int64_t now)
{
	struct redis_queue later = redis->later;
	struct redis_command *command;

	redis->later.first = NULL;
	while ((command = redis_queue_take(&later)) != NULL) {
		if (command->not_before > now) {
			redis_queue_add(&redis->later, command);
			continue;
		}
		command->not_before = 0;
		redis_route(redis, command, now);
	}
}

static void
tell_failures(struct redis *redis)
{
	struct redis_queue ended = redis->ended;
	struct redis_command *command;

	redis->ended.first = NULL;
	while ((command = redis_queue_take(&ended)) != NULL) {
		command->stage = REDIS_IDLE;
		command->done(command, NULL);
	}
}

static const char *
lateness(const struct redis_link *link)
{
	switch (link->connection.state) {
	case REDIS_IS_NAMED:
		return "its name was not resolved in time";
	case REDIS_IS_SECURED:
		return "answers nothing to TLS in time, as a port that has "
		       "none: give redis:// instead of rediss://, or the port "
		       "that the server has as tls-port";
	case REDIS_IS_CONNECTED:
		return "does not greet in time";
	default:
		return "can't be reached in time";
	}
}

static void
give_up_connecting(struct redis *redis, int64_t now)
{
	for (size_t i = 0; i < redis->count; i++) {
		struct redis_link *link = &redis->nodes[i]->link;

		if (link->connection.state != REDIS_IS_CLOSED && !link->ready &&
		    link->deadline <= now)
			redis_link_give_up(link, lateness(link));
	}
}

void
redis_due_go_on(struct redis *redis, int64_t now)
{
	give_up_connecting(redis, now);
	while (redis->earliest != NULL && redis->earliest->deadline <= now)
		expire(redis, redis->earliest, now);
	if (redis->later.first != NULL)
		retry(redis, now);
	tell_failures(redis);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a == -1 || (b != -1 && b < a) ? b : a;
}

int64_t
redis_due_next(const struct redis *redis)
{
	int64_t next = redis->earliest == NULL ? -1 : redis->earliest->deadline;

	for (const struct redis_command *c = redis->later.first; c != NULL;
	     c = c->next)
		next = earlier(next, c->not_before);
	for (size_t i = 0; i < redis->count; i++) {
		const struct redis_link *link = &redis->nodes[i]->link;

		if (link->connection.state != REDIS_IS_CLOSED && !link->ready)
			next = earlier(next, link->deadline);
	}
	return next;
}
