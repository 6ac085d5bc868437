/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Brings a command to who has its key, by its deadline: also where that is
 * another one than was known, or has just failed. What fails it is told in the
 * next turn, never at once.
 */
#ifndef REDIS_ROUTE_H
#define REDIS_ROUTE_H

#include "redis.h"

void redis_send(struct redis *, struct redis_command *, int64_t deadline);

/* Before there are nodes. */
void redis_route_init(struct redis *);

/* One that is under way goes to whoever has its key now. */
void redis_route(struct redis *, struct redis_command *, int64_t now);

#endif
