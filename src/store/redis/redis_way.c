/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "redis_nodes.h"
#include "redis_way.h"

/* Milliseconds. */
enum {
	CONNECT_LEAST = 250,
	PROBE_MORE = 200 /* than the deadline, for who tries a server */
};

static void
unlist(struct redis *redis, struct redis_command *command)
{
	if (command->earlier == NULL)
		redis->earliest = command->later;
	else
		command->earlier->later = command->later;
	if (command->later == NULL)
		redis->latest = command->earlier;
	else
		command->later->earlier = command->earlier;
}

/* By their deadlines: mostly the last one. */
static void
enlist(struct redis *redis, struct redis_command *command)
{
	struct redis_command *at = redis->latest;

	while (at != NULL && at->deadline > command->deadline)
		at = at->earlier;
	command->earlier = at;
	command->later = at == NULL ? redis->earliest : at->later;
	if (at == NULL)
		redis->earliest = command;
	else
		at->later = command;
	if (command->later == NULL)
		redis->latest = command;
	else
		command->later->earlier = command;
}

bool
redis_way_begin(
    struct redis *redis, struct redis_command *command, int64_t deadline)
{
	command->deadline = deadline;
	command->trouble[0] = '\0';
	command->asked = command->at = command->paused_by = NULL;
	command->asking = command->resent = command->rerouted = false;
	command->redirects = 0;
	command->not_before = 0;
	enlist(redis, command);
	if (command->parts > 0)
		return true;
	redis_command_failed(command, "out of memory");
	redis_way_fail(redis, command);
	return false;
}

void
redis_way_end(struct redis *redis, struct redis_command *command)
{
	unlist(redis, command);
	command->stage = REDIS_IDLE;
}

void
redis_way_fail(struct redis *redis, struct redis_command *command)
{
	unlist(redis, command);
	command->stage = REDIS_ENDED;
	redis_queue_add(&redis->ended, command);
}

void
redis_way_fail_at(
    struct redis_command *command, struct redis_node *node, const char *trouble)
{
	redis_node_explain(node, trouble, command->trouble);
	redis_way_fail(node->redis, command);
}

/* By when a connection for it is to be there: a check has little time. */
static int64_t
connect_time(
    const struct redis *redis, const struct redis_command *command, int64_t now)
{
	int64_t span = command->deadline - now, most = redis->deadline / 2;

	if (span > redis->deadline)
		return now + span / 4;
	if (most < CONNECT_LEAST)
		most = CONNECT_LEAST;
	return now + (span < most ? span : most);
}

/* It is left alone: says for how long, and why. */
static void
refuse(struct redis_command *command, struct redis_node *node, int64_t now)
{
	char trouble[REDIS_TROUBLE_MAX];

	if (command->trouble[0] != '\0') {
		redis_way_fail(node->redis, command);
		return;
	}
	snprintf(trouble, sizeof(trouble), "%.*s; left alone for %lld ms more",
	    REDIS_TROUBLE_MAX - 64,
	    node->trouble[0] == '\0' ? "failed in another process" :
				       node->trouble,
	    (long long)redis_pause_left(&node->pause, now));
	redis_way_fail_at(command, node, trouble);
}

static void
link_to(struct redis_command *command, struct redis_node *node, int64_t now)
{
	struct redis *redis = node->redis;

	command->at = node;
	command->stage = REDIS_LINKED;
	redis->linked++;
	redis->unsent++;
	redis_node_pend(node);
	redis_link_send(
	    &node->link, command, connect_time(redis, command, now));
}

bool
redis_way_to(
    struct redis_command *command, struct redis_node *node, int64_t now)
{
	if (command->serial != 0 && command->serial != node->link.serial) {
		redis_way_fail_at(command, node, "closed the connection");
		return true;
	}
	if (!redis_pause_try(
		&node->pause, now, node->redis->deadline + PROBE_MORE)) {
		refuse(command, node, now);
		return false;
	}
	link_to(command, node, now);
	return true;
}
