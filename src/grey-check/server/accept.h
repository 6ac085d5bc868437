/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * New connections, as many as there may be. When all are used, the one that was
 * silent the longest makes room; if none can, or the system has no descriptor
 * left, nobody is accepted until one has ended or a second has gone by.
 */
#ifndef ACCEPT_H
#define ACCEPT_H

#include "peers.h"
#include "listen.h"

struct listener {
	enum source source;
	const struct listen_socket *socket;
};

struct acceptor {
	struct peers *peers;
	size_t max;
	size_t count;
	struct listener listener[LISTEN_SOCKETS_MAX];
	bool watched;	/* epoll(7) has the sockets */
	bool ready;	/* somebody wants to connect */
	int64_t resume; /* if not watched: when they are, at the latest */
	size_t left;	/* connections, when it stopped; fewer: resume now */
	int64_t next_room_warning; /* as in struct service */
	int64_t next_full_warning;
	int64_t next_error_warning;
};

/*
 * max: lowered to what the limit of descriptors allows, which is raised as far
 * as it can be. False: msg() says why not.
 */
bool accept_init(
    struct acceptor *, struct peers *, const struct listeners *, size_t max);

/* Accepts who waits, or watches for them again. */
void accept_turn(struct acceptor *);

/*
 * For good. Who has connected to a socket of ours by now is accepted yet; who
 * waits at one that was handed over is its owner's to serve.
 */
void accept_end(struct acceptor *);

#endif
