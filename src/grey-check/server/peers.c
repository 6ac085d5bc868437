/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <stdlib.h>
#include <unistd.h>

#include "peers.h"

enum {
	EVENTS = EPOLLIN | EPOLLRDHUP | EPOLLET,
	/* Milliseconds after which one that is in the middle of a request, or
	   does not take its answer, is as one with nothing under way. */
	STUCK = 10000
};

void
peers_init(struct peers *peers, struct service *service, int epoll)
{
	peers->service = service;
	peers->epoll = epoll;
	peers->count = peers->spares = 0;
	peers->next_write_warning = peers->next_cut_warning = 0;
	TAILQ_INIT(&peers->by_age);
	TAILQ_INIT(&peers->due);
	TAILQ_INIT(&peers->answered);
}

void
peers_make_due(struct peer *peer)
{
	if (peer->queued)
		return;
	peer->queued = true;
	TAILQ_INSERT_TAIL(&peer->peers->due, peer, in_due);
}

void
peers_note_answer(struct peer *peer)
{
	if (peer->answered)
		return;
	peer->answered = true;
	TAILQ_INSERT_TAIL(&peer->peers->answered, peer, in_answered);
}

static void
note_decided(struct connection *connection)
{
	peers_note_answer((struct peer *)((char *)connection -
	    offsetof(struct peer, connection)));
}

void
peers_note_life(struct peer *peer)
{
	struct peers *peers = peer->peers;

	peer->since = peers->now;
	TAILQ_REMOVE(&peers->by_age, peer, by_age);
	TAILQ_INSERT_TAIL(&peers->by_age, peer, by_age);
}

static bool
watch(const struct peer *peer, int how, uint32_t events)
{
	struct epoll_event event = { .events = events,
		.data.ptr = (void *)(uintptr_t)peer };

	return epoll_ctl(peer->peers->epoll, how, peer->fd, &event) == 0;
}

bool
peers_watch(const struct peer *peer, bool for_room)
{
	return watch(
	    peer, EPOLL_CTL_MOD, EVENTS | (for_room ? (uint32_t)EPOLLOUT : 0));
}

bool
peers_add(struct peers *peers, int fd)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	if (peer == NULL)
		return false;
	peer->source = SOURCE_PEER;
	peer->peers = peers;
	peer->fd = fd;
	peer->since = peers->now;
	connection_init(&peer->connection, peers->service);
	peer->connection.decided = note_decided;
	if (!watch(peer, EPOLL_CTL_ADD, EVENTS)) {
		free(peer);
		return false;
	}
	TAILQ_INSERT_TAIL(&peers->by_age, peer, by_age);
	peers->count++;
	return true;
}

bool
peers_lend(struct peer *peer)
{
	struct peers *peers = peer->peers;
	struct exchange *exchange;

	if (peer->connection.exchange != NULL)
		return true;
	exchange = peers->spares > 0 ? peers->spare[--peers->spares] :
				       malloc(sizeof(*exchange));
	if (exchange != NULL)
		connection_lend(&peer->connection, exchange);
	return exchange != NULL;
}

void
peers_take_back(struct peer *peer)
{
	struct peers *peers = peer->peers;
	struct exchange *exchange = peer->connection.exchange;

	peer->connection.exchange = NULL;
	if (peers->spares < sizeof(peers->spare) / sizeof(*peers->spare))
		peers->spare[peers->spares++] = exchange;
	else
		free(exchange);
}

void
peers_close(struct peer *peer)
{
	struct peers *peers = peer->peers;

	msg(MSG_DEBUG, "the connection ends after %lu requests",
	    peer->connection.answered);
	if (peer->connection.exchange != NULL)
		peers_take_back(peer);
	TAILQ_REMOVE(&peers->by_age, peer, by_age);
	if (peer->queued)
		TAILQ_REMOVE(&peers->due, peer, in_due);
	if (peer->answered)
		TAILQ_REMOVE(&peers->answered, peer, in_answered);
	peers->count--;
	/* A child process may have a copy of it yet, which would keep it
	 * watched. */
	(void)watch(peer, EPOLL_CTL_DEL, 0);
	close(peer->fd);
	free(peer);
}

/* It waits for nothing but its next request. */
bool
peers_is_idle(const struct peer *peer)
{
	return !peer->readable && !peer->queued && !peer->answered &&
	    connection_is_idle(&peer->connection);
}

/* Its next request is on its way; one that has closed its side sends none. */
static bool
has_input(struct peer *peer)
{
	char byte;

	return recv(peer->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static bool
is_spare(struct peer *peer)
{
	if (peer->queued || peer->answered || peer->connection.deciding)
		return false;
	return peer->peers->now - peer->since >= STUCK ||
	    (peers_is_idle(peer) && !has_input(peer));
}

bool
peers_make_room(struct peers *peers)
{
	enum { LOOKS = 32 };
	struct peer *peer = TAILQ_FIRST(&peers->by_age);

	for (int i = 0; i < LOOKS && peer != NULL; i++) {
		if (is_spare(peer)) {
			peers_close(peer);
			return true;
		}
		peer = TAILQ_NEXT(peer, by_age);
	}
	return false;
}

void
peers_make_all_due(struct peers *peers)
{
	struct peer *peer = TAILQ_FIRST(&peers->by_age);

	for (; peer != NULL; peer = TAILQ_NEXT(peer, by_age)) {
		peer->readable = true;
		peers_make_due(peer);
	}
}

static void
close_those(struct peers *peers, bool all)
{
	struct peer *peer, *next;

	for (peer = TAILQ_FIRST(&peers->by_age); peer != NULL; peer = next) {
		next = TAILQ_NEXT(peer, by_age);
		if (all ? !peer->connection.deciding : peers_is_idle(peer))
			peers_close(peer);
	}
}

void
peers_close_idle(struct peers *peers)
{
	close_those(peers, false);
}

void
peers_close_all(struct peers *peers)
{
	close_those(peers, true);
	while (peers->spares > 0)
		free(peers->spare[--peers->spares]);
}
