/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "msg_socket.h"

enum { PATIENCE = 100 }; /* milliseconds */

static const char *
reason(struct msg_socket *to, int error)
{
	static char text[256];

	to->error = error;
	snprintf(text, sizeof(text), "%s: %s", to->path,
	    error == EAGAIN ? "its queue is full" : strerror(error));
	return text;
}

void
msg_socket_close(struct msg_socket *to)
{
	if (to->fd != -1)
		close(to->fd);
	to->fd = -1;
}

static bool
connected(struct msg_socket *to, const struct sockaddr_un *address, int type)
{
	to->fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (to->fd == -1)
		return false;
	if (connect(to->fd, (const struct sockaddr *)address,
		sizeof(*address)) == 0) {
		to->is_stream = type == SOCK_STREAM;
		return true;
	}
	close(to->fd);
	to->fd = -1;
	return false;
}

/* Some syslog daemons have a stream at /dev/log. */
const char *
msg_socket_open(struct msg_socket *to)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (to->fd != -1)
		return NULL;
	if (strlen(to->path) >= sizeof(address.sun_path))
		return reason(to, ENAMETOOLONG);
	strcpy(address.sun_path, to->path);
	if (connected(to, &address, SOCK_DGRAM) ||
	    (errno == EPROTOTYPE && connected(to, &address, SOCK_STREAM)))
		return NULL;
	return reason(to, errno);
}

/* In a stream a NUL ends the line, as with syslog(3). */
static bool
sent(const struct msg_socket *to, struct bytes line)
{
	struct iovec parts[] = { { (char *)line.data, line.len }, { "", 1 } };
	const struct msghdr message = { .msg_iov = parts,
		.msg_iovlen = to->is_stream ? 2 : 1 };
	size_t all = line.len + to->is_stream;
	ssize_t n = sendmsg(to->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n != -1 && (size_t)n != all)
		errno = EPIPE; /* what follows would be part of this line */
	return n != -1 && (size_t)n == all;
}

const char *
msg_socket_send(struct msg_socket *to, struct bytes line)
{
	struct pollfd room = { .events = POLLOUT };
	bool was_open = to->fd != -1;
	const char *why = msg_socket_open(to);

	if (why != NULL || sent(to, line))
		return why;
	room.fd = to->fd;
	if (errno == EAGAIN && poll(&room, 1, PATIENCE) == 1 && sent(to, line))
		return NULL;
	why = reason(to, errno);
	if (to->error == EAGAIN)
		return why;
	msg_socket_close(to);
	if (!was_open || msg_socket_open(to) != NULL)
		return why;
	return sent(to, line) ? NULL : reason(to, errno);
}
