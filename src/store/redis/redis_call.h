/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is waited for: commands for many keys, some of them under way at a time.
 */
#ifndef REDIS_CALL_H
#define REDIS_CALL_H

#include "redis.h"

/* So many at once. */
enum { REDIS_CALLS_AT_ONCE = 128 };

struct redis_calls {
	/* Makes the command for one of them. False: out of memory. */
	bool (*make)(struct redis *, struct redis_command *, size_t index,
	    void *argument);
	/* Its reply. */
	void (*take)(size_t index, const redisReply *, void *argument);
	void *argument;
};

/* On STORE_ERROR some of them may have been done. */
enum store_result redis_call_each(
    struct redis *, size_t count, const struct redis_calls *);

/* Goes on with all until nothing is missing, or for so many milliseconds; -1:
   as long as it takes, for all has a deadline. */
void redis_wait(struct redis *, const size_t *missing, int64_t span);

/* One command, whose `done` and `argument` are overwritten. NULL: the store has
   the reason; else the caller frees it. */
redisReply *redis_call(struct redis *, struct redis_command *);
redisReply *redis_call_within(
    struct redis *, struct redis_command *, int64_t deadline);

#endif
