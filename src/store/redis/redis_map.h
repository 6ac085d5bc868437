/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has which key: asked of a node of the cluster, or of a Sentinel.
 */
#ifndef REDIS_MAP_H
#define REDIS_MAP_H

#include "redis.h"

/* Whose key's slot it is; NULL: not known. */
struct redis_node *redis_map_find(const struct redis *, int slot);

/* Another node has the slot. False: out of memory. */
bool redis_map_set(struct redis *, unsigned slot, struct redis_node *);

/* Who is to be asked next in this search; NULL: all were, or are left alone. */
struct redis_node *redis_map_source(struct redis *, int64_t now);

/* The question to it. False: out of memory. */
bool redis_map_ask(struct redis *, struct redis_command *);

/* Takes its answer. NULL, or what is wrong with it. */
const char *redis_map_take(
    struct redis *, const struct redis_node *source, const redisReply *);

#endif
