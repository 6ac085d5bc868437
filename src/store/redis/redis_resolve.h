/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host's addresses, without waiting for the name service: getaddrinfo_a(3)
 * asks it in a thread of its own. Addresses, and paths, need no such thing.
 */
#ifndef REDIS_RESOLVE_H
#define REDIS_RESOLVE_H

#include <sys/socket.h>

#include "redis_host.h"

enum { REDIS_ADDRESSES_MAX = 4 };

struct redis_address {
	socklen_t len;
	struct sockaddr_storage address;
};

struct redis_addresses {
	size_t count; /* 0: not known (any more) */
	struct redis_address all[REDIS_ADDRESSES_MAX];
	struct redis_question *question; /* that is asked; NULL: none */
};

enum redis_resolved { REDIS_RESOLVED, REDIS_RESOLVING, REDIS_UNRESOLVED };

/*
 * To be called again while it resolves. Not resolved: *reason says why, and the
 * next call begins anew.
 */
enum redis_resolved redis_resolve(
    const struct redis_host *, struct redis_addresses *, const char **reason);

/* The answer is not waited for any more. */
void redis_resolve_end(struct redis_addresses *);

#endif
