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

/* What is due at `now`, by the monotonic clock. */
void redis_route_go_on(struct redis *, int64_t now);

/* The first time that something is due; -1: none is. */
int64_t redis_route_next(const struct redis *);

#endif
