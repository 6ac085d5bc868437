/* SPDX-License-Identifier: BSD-2-Clause */
/* What is done when its time has come: deadlines, tries, failures to be told.
 */
#ifndef REDIS_DUE_H
#define REDIS_DUE_H

#include "redis.h"

/* What is due at `now`, by the monotonic clock. */
void redis_due_go_on(struct redis *, int64_t now);

/* The first time that something is due; -1: none is. */
int64_t redis_due_next(const struct redis *);

#endif
