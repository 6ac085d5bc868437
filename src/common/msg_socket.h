/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sockets of those who write logs: syslog's, /dev/log, and that of
 * Postfix's postlogd(8). A line is one datagram. Mail does not wait for a log:
 * a queue that is full is waited for once, for a tenth of a second.
 */
#ifndef MSG_SOCKET_H
#define MSG_SOCKET_H

#include "bytes.h"

struct msg_socket {
	const char *path;
	int fd;	   /* -1: to be connected */
	int error; /* errno, where the last line was not taken */
	bool is_stream;
};

/*
 * NULL, or why the line was not taken; the text lasts until the next call. A
 * daemon that was restarted in between is connected to again.
 */
const char *msg_socket_send(struct msg_socket *, struct bytes line);

/* Connects, so that the descriptor is there when there are none left. */
const char *msg_socket_open(struct msg_socket *);

void msg_socket_close(struct msg_socket *);

#endif
