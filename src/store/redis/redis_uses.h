/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the services use the store, see store_use_as(): a hash of the server, by
 * the text when that served last, and since when. Each host writes there once a
 * minute, beside a check, which does not wait for it; a server that does not
 * let it is no trouble.
 */
#ifndef REDIS_USES_H
#define REDIS_USES_H

#include "redis.h"

/* Its key, and that of marks which were said. */
#define REDIS_USES_KEY "u:uses"
#define REDIS_SAID_KEY "u:said:"

void redis_uses_begin(struct redis *, struct bytes text);

/* A check begins: it serves. */
void redis_uses_serve(struct redis *);

/* See store_use_news(). */
enum store_use_news redis_uses_news(struct redis *);

/* See store_uses(). */
size_t redis_uses_read(
    struct redis *, struct store_use uses[static STORE_USES_MAX]);

/* What is under way is finished, if that is soon. */
void redis_uses_end(struct redis *);

/* See store_say_once(). */
bool redis_uses_say_once(struct redis *, uint64_t mark);

#endif
