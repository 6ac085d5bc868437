/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a turn of the loop does with clients: it reads and writes their sockets,
 * which never waits.
 *
 * A socket is watched for its edges: it is read when it became readable, until
 * a read(2) finds it empty or brings less than there is room for.
 */
#ifndef TURN_H
#define TURN_H

#include "peers.h"

/* events: of epoll(7). */
void turn_event(struct peer *, uint32_t events);

/* Reads what is due, each client's once, and begins to decide. */
void turn_read(struct peers *);

/* Writes the answers that there are, and ends with who has had the last one. */
void turn_write(struct peers *);

#endif
