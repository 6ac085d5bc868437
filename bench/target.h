/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * target: what is measured, and how a connection to it is opened.
 *
 * unix:PATH and inet:HOST:PORT are connected to; the host must be a loopback
 * address. A command is started once for each connection, with one end of a
 * socket pair as its descriptors 0, 1 and 2, as a session of its own, just
 * as Postfix's spawn(8) does. If there is a log path, descriptor 2 is that
 * file, opened for appending.
 */
#ifndef BENCH_TARGET_H
#define BENCH_TARGET_H

#include <sys/socket.h>

#include <stddef.h>

struct target {
	char *const *command; /* NULL: connect to the address */
	const char *log_path; /* of the command; NULL: the socket */
	struct sockaddr_storage address;
	socklen_t address_length;
};

/* NULL, or what is wrong with the text. */
const char *target_parse(struct target *, const char *text);
/* The driver's end, or -1 with errno. The child is in children's list. */
int target_open(const struct target *);

#endif
