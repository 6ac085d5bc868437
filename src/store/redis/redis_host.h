/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The place of a server as people and servers write it: HOST[:PORT], with
 * [ADDRESS] for IPv6, or the path of a socket.
 */
#ifndef REDIS_HOST_H
#define REDIS_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "common/bytes.h"

enum { REDIS_NAME_MAX = 255, REDIS_HOST_TEXT_MAX = REDIS_NAME_MAX + 16 };

struct redis_host {
	char name[REDIS_NAME_MAX + 1]; /* an address, a DNS name or a path */
	uint16_t port;		       /* 0: it is a path */
};

/* port: if the text has none. NULL, or what is wrong with the text. */
const char *redis_host_parse(
    struct bytes text, uint16_t port, struct redis_host *);

/*
 * As servers write it: an IPv6 address has no brackets, and the last colon ends
 * it. An empty name is what it says. False: that is no place.
 */
bool redis_host_parse_announced(struct bytes text, struct redis_host *);

bool redis_host_equal(const struct redis_host *, const struct redis_host *);

/* As redis_host_parse() reads it. Returns out. */
const char *redis_host_text(
    const struct redis_host *, char out[static REDIS_HOST_TEXT_MAX]);

#endif
