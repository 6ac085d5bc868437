/* SPDX-License-Identifier: BSD-2-Clause */
/* The servers that are known, and which of them has a key. */
#ifndef REDIS_NODES_H
#define REDIS_NODES_H

#include "redis.h"

/* NULL: out of memory, or too many. */
struct redis_node *redis_node_of(
    struct redis *, const struct redis_host *, enum redis_role);

/* Puts it among those that the next turn goes on with. */
void redis_node_pend(struct redis_node *);

/* "HOST:PORT: trouble" */
void redis_node_explain(const struct redis_node *, const char *trouble,
    char out[static REDIS_TROUBLE_MAX]);

/* It is left alone for a while. */
void redis_node_failed(struct redis_node *, int64_t now);

void redis_nodes_free(struct redis *);

#endif
