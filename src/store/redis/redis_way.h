/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of a command wherever it goes: it is under way until its
 * deadline, stands in a node's queue, and ends by a reply, or as failed, which
 * is told in the next turn.
 */
#ifndef REDIS_WAY_H
#define REDIS_WAY_H

#include "redis.h"

/* False: there was no memory to make it, and it has failed. */
bool redis_way_begin(struct redis *, struct redis_command *, int64_t deadline);

/* To this node. False: that is left alone, and the command has failed. */
bool redis_way_to(struct redis_command *, struct redis_node *, int64_t now);

/* It has its reply. */
void redis_way_end(struct redis *, struct redis_command *);

/* It has failed; its trouble is written. */
void redis_way_fail(struct redis *, struct redis_command *);

/* It has failed by what this node did. */
void redis_way_fail_at(
    struct redis_command *, struct redis_node *, const char *trouble);

#endif
