/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sockets that clients connect to: unix:PATH and inet:[HOST:]PORT, made
 * here, or handed over by systemd.
 *
 * A socket file that nobody listens at is replaced, and no other file. Without
 * HOST the loopback addresses are meant, 127.0.0.1 and ::1; a name means all
 * addresses that it has.
 */
#ifndef LISTEN_H
#define LISTEN_H

#include <stddef.h>

#include "listen_address.h"

enum { LISTEN_SOCKETS_MAX = 64 };

struct listeners {
	size_t count;
	struct listen_socket socket[LISTEN_SOCKETS_MAX];
};

/*
 * Adds the sockets that systemd has handed over, if they are listening (its
 * Accept=no), and returns how many they are. The first descriptor that is no
 * socket of a stream is said, and with those after it left alone.
 */
size_t listen_take_over(struct listeners *);

/* mode: of a socket file. False: msg() says why not. */
bool listen_open(
    struct listeners *, const struct listen_address *, mode_t mode, int queue);

/* Closes all, and removes their files. */
void listen_close(struct listeners *);

#endif
