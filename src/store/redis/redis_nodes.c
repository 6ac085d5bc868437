/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "common/mark.h"
#include "common/msg.h"
#include "redis_nodes.h"
#include "redis_state.h"

static bool
make_room(struct redis *redis)
{
	size_t room = redis->room == 0 ? 8 : 2 * redis->room;
	struct redis_node **nodes;

	if (redis->count < redis->room)
		return true;
	nodes = realloc(redis->nodes, room * sizeof(*nodes));
	if (nodes == NULL)
		return false;
	redis->nodes = nodes;
	redis->room = room;
	return true;
}

struct redis_node *
redis_node_of(
    struct redis *redis, const struct redis_host *host, enum redis_role role)
{
	char text[REDIS_HOST_TEXT_MAX];
	struct redis_node *node;

	for (size_t i = 0; i < redis->count; i++) {
		node = redis->nodes[i];
		if (node->link.role == role &&
		    redis_host_equal(&node->host, host))
			return node;
	}
	if (redis->count == REDIS_NODES_MAX || !make_room(redis))
		return NULL;
	node = calloc(1, sizeof(*node));
	if (node == NULL)
		return NULL;
	node->redis = redis;
	node->host = *host;
	node->link.role = role;
	node->link.url = &redis->url;
	node->link.password = role == REDIS_ROLE_DATA;
	node->link.owner = node;
	node->link.connection.fd = -1;
	node->link.connection.tls = redis->tls;
	node->link.replied = redis->replied;
	node->link.failed = redis->failed;
	node->link.connection.host = &node->host;
	redis_state_pause(redis->state, &node->pause,
	    mark_add(MARK_NONE, bytes_of(redis_host_text(host, text))));
	redis->nodes[redis->count++] = node;
	return node;
}

void
redis_node_pend(struct redis_node *node)
{
	if (node->is_pending)
		return;
	node->is_pending = true;
	node->next_pending = node->redis->pending;
	node->redis->pending = node;
}

void
redis_node_explain(const struct redis_node *node, const char *trouble,
    char out[static REDIS_TROUBLE_MAX])
{
	char text[REDIS_HOST_TEXT_MAX];
	int host = (int)strnlen(redis_host_text(&node->host, text), 120);

	snprintf(out, REDIS_TROUBLE_MAX, "%.*s: %.*s", host, text,
	    REDIS_TROUBLE_MAX - host - 8, trouble);
}

/* Once: that others will find it out by themselves. */
void
redis_node_failed(struct redis_node *node, int64_t now)
{
	char *why = node->redis->stateless;

	redis_pause_failed(&node->pause, now);
	if (why[0] != '\0')
		msg(MSG_WARN,
		    "%s; each process waits by itself for a server that is "
		    "down",
		    why);
	why[0] = '\0';
}

void
redis_nodes_free(struct redis *redis)
{
	for (size_t i = 0; i < redis->count; i++) {
		redis_link_free(&redis->nodes[i]->link);
		free(redis->nodes[i]);
	}
	free(redis->nodes);
	free(redis->slots);
}
