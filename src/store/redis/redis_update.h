/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See store_update(); but each record by itself: it is changed only if it is
 * still what decide() was shown, which else is shown it again. Where there was
 * none that is SET NX, else WATCH and EXEC.
 */
#ifndef REDIS_UPDATE_H
#define REDIS_UPDATE_H

#include "redis.h"

enum store_result redis_update(struct redis *, enum store_table,
    const struct bytes *keys, size_t count, store_decide *, void *argument);

#endif
