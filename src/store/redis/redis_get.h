/* SPDX-License-Identifier: BSD-2-Clause */
/* See store_get(). */
#ifndef REDIS_GET_H
#define REDIS_GET_H

#include "redis.h"

enum store_result redis_get(struct redis *, enum store_table,
    const struct bytes *keys, size_t count, store_show *, void *argument);

#endif
