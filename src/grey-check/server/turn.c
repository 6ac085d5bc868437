/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/epoll.h>
#include <errno.h>
#include <unistd.h>

#include "turn.h"

void
turn_event(struct peer *peer, uint32_t events)
{
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		peer->hung_up = true;
	if (peer->hung_up || events & EPOLLIN) {
		peer->readable = true;
		peers_make_due(peer);
	}
	if (peer->blocked && events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) {
		peer->blocked = !peers_watch(peer, false);
		peers_note_answer(peer);
	}
}

/* Once. A connection that was reset has ended like any other. */
static void
read_client(struct peer *peer)
{
	struct line_reader *input = &peer->connection.exchange->input;
	size_t room;
	char *at = line_room(input, &room);
	ssize_t n = read(peer->fd, at, room);

	if (n == -1 && errno == EINTR)
		return;
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		peer->readable = false;
		return;
	}
	peer->readable = n == (ssize_t)room || (n > 0 && peer->hung_up);
	line_came(input, n <= 0 ? 0 : (size_t)n);
	if (n > 0)
		peers_note_life(peer);
}

static void
warn_of_cut(struct peer *peer)
{
	if (peer->connection.cut &&
	    service_is_due(&peer->peers->next_cut_warning))
		msg(MSG_WARN,
		    "the input ended inside a request, without the "
		    "empty line after it; not answered");
}

/* What it waits for now will make it due again. */
static void
go_on(struct peer *peer)
{
	struct connection *connection = &peer->connection;
	enum connection_wait wait = connection_go(connection);

	if (wait == CONNECTION_READS && peer->readable) {
		read_client(peer);
		wait = connection_go(connection);
		if (wait == CONNECTION_READS && peer->readable)
			peers_make_due(peer);
	}
	if (wait == CONNECTION_ENDS) {
		peer->readable = false;
		warn_of_cut(peer);
	}
	if (wait == CONNECTION_ENDS || connection->exchange->pending > 0)
		peers_note_answer(peer);
	else if (peers_is_idle(peer))
		peers_take_back(peer);
}

void
turn_read(struct peers *peers)
{
	struct peer *peer;
	struct peer *last = TAILQ_LAST(&peers->due, peer_queue);

	while (last != NULL) {
		peer = TAILQ_FIRST(&peers->due);
		TAILQ_REMOVE(&peers->due, peer, in_due);
		peer->queued = false;
		if (peer == last)
			last = NULL;
		if (!peers_lend(peer))
			peers_close(peer);
		else if (!peer->connection.deciding && !peer->blocked)
			go_on(peer);
	}
}

static bool
warn_of_write(struct peers *peers, int error)
{
	if (service_is_due(&peers->next_write_warning))
		msg(MSG_WARN, "can't write the answer: %s", strerror(error));
	return false;
}

/* False: the client has gone. */
static bool
write_answers(struct peer *peer)
{
	struct exchange *exchange = peer->connection.exchange;
	ssize_t n;

	while (exchange->written < exchange->pending) {
		n = write(peer->fd, exchange->answers + exchange->written,
		    exchange->pending - exchange->written);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			peer->blocked = true;
			return peers_watch(peer, true);
		}
		if (n == -1)
			return warn_of_write(peer->peers, errno);
		exchange->written += (size_t)n;
	}
	exchange->written = exchange->pending = 0;
	return true;
}

static void
end_write(struct peer *peer, bool gone)
{
	struct connection *connection = &peer->connection;
	const struct line_reader *input = &connection->exchange->input;

	if (connection->deciding || (peer->blocked && !gone))
		return;
	if (gone || connection->hang_up || connection->ended)
		peers_close(peer);
	else if (!line_is_empty(input) || peer->readable || input->ended)
		peers_make_due(peer);
	else if (peers_is_idle(peer))
		peers_take_back(peer);
}

void
turn_write(struct peers *peers)
{
	struct peer *peer;

	while ((peer = TAILQ_FIRST(&peers->answered)) != NULL) {
		TAILQ_REMOVE(&peers->answered, peer, in_answered);
		peer->answered = false;
		end_write(peer, !write_answers(peer));
	}
}
