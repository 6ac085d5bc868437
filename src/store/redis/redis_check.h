/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A check: GET of the client's record and SET NX GET of the triplet's go out
 * together; what the callbacks then want stored is written, and acknowledged,
 * before it is done.
 */
#ifndef REDIS_CHECK_H
#define REDIS_CHECK_H

#include "redis.h"

void redis_check_begin(struct redis *, struct store_pending *);

/* It can't be done, for the store's reason; it is told so by the next
   redis_check_tell(). */
void redis_check_refuse(struct redis *, struct store_pending *);
void redis_check_tell(struct redis *);

/* One at a time needs no more memory then. False: out of memory. */
bool redis_check_reserve(struct redis *);

/* Those that are not in use. */
void redis_check_free(struct redis *);

#endif
