/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include "accept.h"
#include "listen_unix.h"

enum {
	/* Descriptors for the store, the log, lists and what libraries open. */
	RESERVED = 64,
	/* So many in a turn, so that those who are there do not wait long. */
	ACCEPTED_AT_ONCE = 64,
	/* As many as can wait at a socket, and no more if they keep coming. */
	ACCEPTED_AT_LAST = 4096,
	PAUSE = 1000 /* milliseconds */
};

static bool
watch(struct acceptor *acceptor, bool on)
{
	for (size_t i = 0; i < acceptor->count; i++) {
		struct epoll_event event = { .events = EPOLLIN,
			.data.ptr = &acceptor->listener[i] };

		if (epoll_ctl(acceptor->peers->epoll,
			on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
			acceptor->listener[i].socket->fd, &event) == -1) {
			msg(MSG_ERROR, "epoll: %s", strerror(errno));
			return false;
		}
	}
	acceptor->watched = on;
	return true;
}

static void
fit_limit(struct acceptor *acceptor)
{
	struct rlimit limit;
	rlim_t wanted = acceptor->max + RESERVED;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return;
	if (limit.rlim_cur < wanted && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = wanted < limit.rlim_max ? wanted :
							   limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
		(void)getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= wanted)
		return;
	acceptor->max = limit.rlim_cur > RESERVED + 1 ?
	    limit.rlim_cur - RESERVED :
	    1;
	msg(MSG_WARN,
	    "--max-connections is %zu, for a process may have only %llu files "
	    "open here (ulimit -n, or LimitNOFILE= of systemd)",
	    acceptor->max, (unsigned long long)limit.rlim_cur);
}

bool
accept_init(struct acceptor *acceptor, struct peers *peers,
    const struct listeners *listeners, size_t max)
{
	acceptor->peers = peers;
	acceptor->max = max;
	acceptor->count = listeners->count;
	for (size_t i = 0; i < listeners->count; i++)
		acceptor->listener[i] = (struct listener){ SOURCE_LISTENER,
			&listeners->socket[i] };
	fit_limit(acceptor);
	return watch(acceptor, true);
}

static void
pause_accepting(struct acceptor *acceptor)
{
	if (acceptor->watched)
		(void)watch(acceptor, false);
	acceptor->ready = false;
	acceptor->left = acceptor->peers->count;
	acceptor->resume = acceptor->peers->now + PAUSE;
}

static bool
somebody_waits(const struct listen_socket *from)
{
	struct pollfd input = { .fd = from->fd, .events = POLLIN };

	return poll(&input, 1, 0) == 1;
}

/* For one more, when all connections are in use. */
static bool
make_room(struct acceptor *acceptor)
{
	bool made = peers_make_room(acceptor->peers);

	if (service_is_due(made ? &acceptor->next_room_warning :
				  &acceptor->next_full_warning))
		msg(MSG_WARN,
		    "all %zu connections (--max-connections) are in use: %s",
		    acceptor->max,
		    made ? "the one that was silent the longest is closed" :
			   "who comes now has to wait");
	if (!made)
		pause_accepting(acceptor);
	return made;
}

/* Errors that are the client's own, see accept(2). */
static bool
is_of_client(int error)
{
	return error != EMFILE && error != ENFILE && error != ENOBUFS &&
	    error != ENOMEM && error != EAGAIN && error != EWOULDBLOCK;
}

/* Nobody waits for more to come before an answer goes out, and a client whose
   host has gone is noticed, some day. */
static void
set_options(int fd)
{
	const int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

/* False: no more for now. */
static bool
accept_one(struct acceptor *acceptor, const struct listen_socket *from)
{
	int fd;

	if (acceptor->peers->count >= acceptor->max &&
	    (!somebody_waits(from) || !make_room(acceptor)))
		return false;
	fd = accept4(from->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	if (fd == -1 && is_of_client(errno))
		return true;
	if (fd != -1 && from->is_inet)
		set_options(fd);
	if (fd != -1 && peers_add(acceptor->peers, fd))
		return true;
	if (service_is_due(&acceptor->next_error_warning))
		msg(MSG_WARN, "can't accept a connection: %s", strerror(errno));
	if (fd != -1)
		close(fd);
	pause_accepting(acceptor);
	return false;
}

void
accept_turn(struct acceptor *acceptor)
{
	const struct peers *peers = acceptor->peers;

	if (!acceptor->watched &&
	    (peers->count < acceptor->left || peers->now >= acceptor->resume))
		(void)watch(acceptor, true);
	if (!acceptor->ready || !acceptor->watched)
		return;
	acceptor->ready = false;
	for (size_t i = 0; i < acceptor->count && acceptor->watched; i++) {
		for (int j = 0; j < ACCEPTED_AT_ONCE; j++) {
			if (!accept_one(acceptor, acceptor->listener[i].socket))
				break;
		}
	}
}

static void
accept_last(struct acceptor *acceptor, const struct listen_socket *from)
{
	listen_remove(from);
	for (int i = 0; i < ACCEPTED_AT_LAST; i++) {
		if (!accept_one(acceptor, from))
			break;
	}
}

void
accept_end(struct acceptor *acceptor)
{
	if (acceptor->watched)
		(void)watch(acceptor, false);
	for (size_t i = 0; i < acceptor->count; i++) {
		if (acceptor->listener[i].socket->is_ours)
			accept_last(acceptor, acceptor->listener[i].socket);
	}
	acceptor->count = 0;
	acceptor->ready = false;
}
