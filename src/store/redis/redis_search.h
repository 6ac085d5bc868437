/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The search for who has the keys, of a cluster or of what Sentinel knows: at
 * one server after the other. Its end is told by redis_search's `done`.
 */
#ifndef REDIS_SEARCH_H
#define REDIS_SEARCH_H

#include "redis.h"

/* Nothing happens where one is under way. */
void redis_search_begin(struct redis *, int64_t now);

/* The same if the last one was begun so many milliseconds ago. */
void redis_search_soon(struct redis *, int64_t now, int64_t span);

#endif
