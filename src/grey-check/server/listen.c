/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/msg.h"
#include "common/num.h"
#include "listen.h"
#include "listen_unix.h"

enum { FIRST_HANDED_OVER = 3 };

static bool
has_room(
    const struct listeners *listeners, const struct listen_address *address)
{
	if (listeners->count < LISTEN_SOCKETS_MAX)
		return true;
	msg(MSG_ERROR, "--serve=%s: more than %d sockets", address->text,
	    LISTEN_SOCKETS_MAX);
	return false;
}

/* 0, or errno. */
static int
open_inet(struct listeners *listeners, const struct addrinfo *found, int queue)
{
	const int on = 1;
	int fd = socket(found->ai_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	int error;

	if (fd == -1)
		return errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (found->ai_family == AF_INET6)
		(void)setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, found->ai_addr, found->ai_addrlen) == -1 ||
	    listen(fd, queue) == -1) {
		error = errno;
		close(fd);
		return error;
	}
	listeners->socket[listeners->count++] = (struct listen_socket){
		.fd = fd, .is_inet = true, .is_ours = true
	};
	return 0;
}

/* This machine has none of this kind. */
static bool
is_missing(int error)
{
	return error == EADDRNOTAVAIL || error == EAFNOSUPPORT;
}

/* all: each of them, or as many as this machine has. */
static bool
open_found(struct listeners *listeners, const struct listen_address *address,
    const struct addrinfo *found, bool all, int queue)
{
	size_t before = listeners->count;
	int error = 0;

	for (; found != NULL; found = found->ai_next) {
		if (!has_room(listeners, address))
			return false;
		error = open_inet(listeners, found, queue);
		if (error != 0 && (all || !is_missing(error)))
			break;
	}
	if (found == NULL && listeners->count > before)
		return true;
	msg(MSG_ERROR, "--serve=%s: %s%s", address->text, strerror(error),
	    error == EADDRINUSE ? "; is grey-check --serve, or another policy "
				  "server such as postgrey, running?" :
				  "");
	return false;
}

/* Without a host getaddrinfo(3) finds the loopback addresses. */
static bool
listen_inet(struct listeners *listeners, const struct listen_address *address,
    int queue)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV };
	bool is_loopback = address->host[0] == '\0';
	struct addrinfo *found;
	bool done;
	int error = getaddrinfo(
	    is_loopback ? NULL : address->host, address->port, &hints, &found);

	if (error != 0) {
		msg(MSG_ERROR, "--serve=%s: %s: %s", address->text,
		    address->host, gai_strerror(error));
		return false;
	}
	done = open_found(listeners, address, found, !is_loopback, queue);
	freeaddrinfo(found);
	return done;
}

bool
listen_open(struct listeners *listeners, const struct listen_address *address,
    mode_t mode, int queue)
{
	if (address->path == NULL)
		return listen_inet(listeners, address, queue);
	if (!has_room(listeners, address) ||
	    !listen_unix(
		&listeners->socket[listeners->count], address, mode, queue))
		return false;
	listeners->count++;
	return true;
}

void
listen_close(struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++) {
		listen_remove(&listeners->socket[i]);
		close(listeners->socket[i].fd);
	}
	listeners->count = 0;
}

static int
option_of(int fd, int name)
{
	int value;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) == -1 ? -1 :
								      value;
}

/* sd_listen_fds(3): the variables are for this process, and no child. */
static int64_t
count_handed_over(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	int64_t number;

	if (pid == NULL || count == NULL ||
	    !num_decimal(bytes_of(pid), &number) || number != getpid() ||
	    !num_decimal(bytes_of(count), &number))
		return 0;
	return number < LISTEN_SOCKETS_MAX ? number : LISTEN_SOCKETS_MAX;
}

/* A connection (Accept=yes) is one as well. */
static bool
is_stream(int fd)
{
	if (option_of(fd, SO_TYPE) == SOCK_STREAM)
		return true;
	msg(MSG_ERROR,
	    "descriptor %d, which systemd hands over (LISTEN_FDS), is not %s, "
	    "and is not served; ListenStream= in the unit makes one",
	    fd, fcntl(fd, F_GETFD) == -1 ? "open" : "a socket of a stream");
	return false;
}

size_t
listen_take_over(struct listeners *listeners)
{
	int end = FIRST_HANDED_OVER + (int)count_handed_over();

	for (int fd = FIRST_HANDED_OVER; fd < end; fd++) {
		int domain = option_of(fd, SO_DOMAIN);

		if (!is_stream(fd))
			break;
		if (option_of(fd, SO_ACCEPTCONN) != 1)
			continue;
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
		listeners->socket[listeners->count++] = (struct listen_socket){
			.fd = fd,
			.is_inet = domain == AF_INET || domain == AF_INET6
		};
	}
	return listeners->count;
}
