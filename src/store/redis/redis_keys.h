/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands on one key of a table. */
#ifndef REDIS_KEYS_H
#define REDIS_KEYS_H

#include "redis.h"

/* Each adds a command, and says which slot it is for. False: out of memory. */
bool redis_keys_get(
    struct redis *, struct redis_command *, enum store_table, struct bytes key);
/* lives: seconds, 0: for ever. fresh: only if there is none, and the reply is
   what there was. */
bool redis_keys_set(struct redis *, struct redis_command *, enum store_table,
    struct bytes key, struct bytes value, int64_t lives, bool fresh);

/* Takes back what was just set: it is gone in a millisecond. The rights to
   SET are enough for it. */
bool redis_keys_unset(struct redis *, struct redis_command *, enum store_table,
    struct bytes key, struct bytes value);

/* The key of the server; valid until the next call. data NULL: out of memory.
 */
struct bytes redis_keys_name(
    struct redis *, struct redis_command *, enum store_table, struct bytes key);

#endif
