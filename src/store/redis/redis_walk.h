/* SPDX-License-Identifier: BSD-2-Clause */
/* See store_walk(): keys by redis_scan.h, and then their values. */
#ifndef REDIS_WALK_H
#define REDIS_WALK_H

#include "redis.h"

enum store_result redis_walk(struct redis *, enum store_table,
    struct bytes from, store_visit *, void *argument);

#endif
