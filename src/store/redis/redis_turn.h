/* SPDX-License-Identifier: BSD-2-Clause */
/* Goes on with all connections, as store_turn() and its company promise. */
#ifndef REDIS_TURN_H
#define REDIS_TURN_H

#include "redis.h"

void redis_turn(struct redis *);
int redis_descriptor(const struct redis *);
int redis_patience(const struct redis *);

#endif
