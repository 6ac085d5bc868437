/* SPDX-License-Identifier: BSD-2-Clause */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "redis_connection.h"

static enum redis_io
failed(struct redis_connection *connection, const char *what, int error)
{
	snprintf(connection->trouble, sizeof(connection->trouble), "%s: %s",
	    what, strerror(error));
	return REDIS_IO_FAILED;
}

static void
close_socket(struct redis_connection *connection)
{
	if (connection->session != NULL)
		redis_tls_end(connection->session);
	connection->session = NULL;
	if (connection->fd != -1)
		close(connection->fd);
	connection->fd = -1;
}

static enum redis_io
dial(struct redis_connection *connection)
{
	const struct redis_address *address = &connection->addresses
						   .all[connection->at];
	int family = address->address.ss_family, one = 1;

	connection->fd = socket(
	    family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	connection->sockets++;
	if (connection->fd == -1)
		return failed(connection, "can't make a socket", errno);
	if (family != AF_UNIX) {
		(void)setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one,
		    sizeof(one));
		(void)setsockopt(connection->fd, SOL_SOCKET, SO_KEEPALIVE, &one,
		    sizeof(one));
	}
	connection->state = REDIS_IS_DIALLED;
	if (connect(connection->fd, (const struct sockaddr *)&address->address,
		address->len) == 0)
		return REDIS_IO_DONE;
	/* A socket's full queue is EAGAIN: nothing would come of waiting. */
	return errno == EINPROGRESS ?
	    REDIS_IO_WRITE :
	    failed(connection, "can't connect", errno);
}

static enum redis_io
answer(struct redis_connection *connection)
{
	struct pollfd socket = { .fd = connection->fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int error = 0;

	if (poll(&socket, 1, 0) != 1)
		return REDIS_IO_WRITE;
	if (getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &len) ==
	    -1)
		error = errno;
	return error == 0 ? REDIS_IO_DONE :
			    failed(connection, "can't connect", error);
}

/* Each address has its turn; the last one's trouble is the connection's. */
static enum redis_io
dial_all(struct redis_connection *connection, enum redis_io io)
{
	while (io == REDIS_IO_FAILED &&
	    ++connection->at < connection->addresses.count) {
		close_socket(connection);
		io = dial(connection);
	}
	return io;
}

static enum redis_io
resolve(struct redis_connection *connection)
{
	const char *reason = "";

	connection->state = REDIS_IS_NAMED;
	switch (
	    redis_resolve(connection->host, &connection->addresses, &reason)) {
	case REDIS_RESOLVING:
		return REDIS_IO_WAIT;
	case REDIS_UNRESOLVED:
		snprintf(connection->trouble, sizeof(connection->trouble),
		    "has no address: %s", reason);
		return REDIS_IO_FAILED;
	case REDIS_RESOLVED:
		break;
	}
	connection->at = 0;
	return dial_all(connection, dial(connection));
}

static enum redis_io
secure(struct redis_connection *connection)
{
	if (connection->tls == NULL)
		return REDIS_IO_DONE;
	connection->state = REDIS_IS_SECURED;
	if (connection->session == NULL)
		connection->session = redis_tls_begin(connection->tls,
		    connection->fd, connection->host->name,
		    connection->trouble);
	return connection->session == NULL ?
	    REDIS_IO_FAILED :
	    redis_tls_go_on(connection->session, connection->trouble);
}

enum redis_io
redis_connection_go_on(struct redis_connection *connection)
{
	enum redis_io io = REDIS_IO_DONE;

	if (connection->state <= REDIS_IS_NAMED)
		io = resolve(connection);
	else if (connection->state == REDIS_IS_DIALLED)
		io = dial_all(connection, answer(connection));
	if (io == REDIS_IO_DONE && connection->state < REDIS_IS_CONNECTED)
		io = secure(connection);
	if (io == REDIS_IO_DONE)
		connection->state = REDIS_IS_CONNECTED;
	connection->wants = io;
	return io;
}

static enum redis_io
no_bytes(struct redis_connection *connection, const char *what)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return REDIS_IO_WAIT;
	if (errno == ECONNRESET || errno == EPIPE)
		return REDIS_IO_END;
	return failed(connection, what, errno);
}

enum redis_io
redis_connection_read(
    struct redis_connection *connection, char *out, size_t room, size_t *count)
{
	ssize_t n;

	*count = 0;
	if (connection->session != NULL)
		return redis_tls_read(
		    connection->session, out, room, count, connection->trouble);
	n = recv(connection->fd, out, room, 0);
	if (n == 0)
		return REDIS_IO_END;
	if (n == -1)
		return no_bytes(connection, "can't read");
	*count = (size_t)n;
	return REDIS_IO_DONE;
}

enum redis_io
redis_connection_write(struct redis_connection *connection, const char *data,
    size_t len, size_t *count)
{
	ssize_t n;

	*count = 0;
	if (connection->session != NULL)
		return redis_tls_write(
		    connection->session, data, len, count, connection->trouble);
	n = send(connection->fd, data, len, MSG_NOSIGNAL);
	if (n == -1)
		return no_bytes(connection, "can't write");
	*count = (size_t)n;
	return REDIS_IO_DONE;
}

void
redis_connection_close(struct redis_connection *connection, bool failed)
{
	close_socket(connection);
	redis_resolve_end(&connection->addresses);
	if (failed)
		connection->addresses.count = 0;
	connection->state = REDIS_IS_CLOSED;
}
