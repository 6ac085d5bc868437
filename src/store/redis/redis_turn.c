/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/epoll.h>

#include "common/monotonic.h"
#include "redis_due.h"
#include "redis_nodes.h"
#include "redis_turn.h"

enum {
	EVENTS = 64,
	/* Milliseconds between looks for a name's addresses. */
	BETWEEN_LOOKS = 5
};

/* The kernel forgets a socket that is closed. */
static void
watch(struct redis_node *node)
{
	struct redis *redis = node->redis;
	struct redis_link *link = &node->link;
	uint32_t wants = redis_link_wants(link);
	struct epoll_event event = { .events = wants, .data.ptr = node };

	if (wants != 0) {
		redis->open++;
		redis->only = node;
	}
	if (node->watched != link->connection.sockets)
		node->events = 0;
	if (wants == node->events)
		return;
	if (wants != 0)
		(void)epoll_ctl(redis->epoll,
		    node->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD,
		    link->connection.fd, &event);
	node->events = wants;
	node->watched = link->connection.sockets;
}

static void
watch_all(struct redis *redis)
{
	redis->open = 0;
	for (size_t i = 0; i < redis->count; i++)
		watch(redis->nodes[i]);
}

/* Where there is one connection, it is asked for bytes without more ado. */
static bool
is_simple(const struct redis *redis)
{
	return redis->open == 1 && redis->only->events == EPOLLIN;
}

static void
read_all(struct redis *redis)
{
	struct epoll_event events[EVENTS];
	int count;

	if (is_simple(redis)) {
		redis_link_go_on(&redis->only->link, true);
		return;
	}
	count = epoll_wait(redis->epoll, events, EVENTS, 0);
	for (int i = 0; i < count; i++) {
		struct redis_node *node = events[i].data.ptr;

		redis_link_go_on(&node->link, events[i].events != EPOLLOUT);
	}
}

static void
flush(struct redis *redis)
{
	while (redis->pending != NULL) {
		struct redis_node *node = redis->pending;

		redis->pending = node->next_pending;
		node->is_pending = false;
		redis_link_go_on(&node->link, false);
	}
	redis->unsent = 0;
}

/* No descriptor tells that a name has its addresses. */
static void
pend_resolving(struct redis *redis)
{
	for (size_t i = 0; i < redis->count; i++) {
		if (redis->nodes[i]->link.connection.state == REDIS_IS_NAMED)
			redis_node_pend(redis->nodes[i]);
	}
}

/*
 * Where all that is under way has not been sent yet there is nothing to read,
 * but for an end, which comes up when it is sent. Where nothing is under way it
 * may be an end that has made the descriptor readable, and would again.
 */
static bool
may_have_come(const struct redis *redis)
{
	return redis->open > 0 &&
	    (redis->linked > redis->unsent || redis->linked == 0);
}

/* What came is read before it is found to be late. */
void
redis_turn(struct redis *redis)
{
	if (may_have_come(redis))
		read_all(redis);
	pend_resolving(redis);
	flush(redis);
	redis_due_go_on(redis, monotonic_milliseconds());
	flush(redis);
	watch_all(redis);
}

int
redis_descriptor(const struct redis *redis)
{
	return is_simple(redis) ? redis->only->link.connection.fd :
				  redis->epoll;
}

int
redis_patience(const struct redis *redis)
{
	int64_t next = redis_due_next(redis), left;

	if (redis->ended.first != NULL || redis->pending != NULL)
		return 0;
	left = next == -1 ? -1 : next - monotonic_milliseconds();
	if (next != -1 && left < 0)
		left = 0;
	for (size_t i = 0; i < redis->count; i++) {
		if (redis->nodes[i]->link.connection.state == REDIS_IS_NAMED &&
		    (left == -1 || left > BETWEEN_LOOKS))
			left = BETWEEN_LOOKS;
	}
	return (int)left;
}
