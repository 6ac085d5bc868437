/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What reads and changes many records of a Berkeley DB store, in units of work
 * so short that no check waits long for them. See store.h.
 */
#ifndef BDB_WALK_H
#define BDB_WALK_H

#include "store.h"

enum store_result bdb_walk(struct store *, enum store_table, struct bytes from,
    store_visit *, void *argument);
enum store_result bdb_change(struct store *, enum store_table,
    const struct bytes *keys, size_t count, store_decide *, void *argument);
enum store_result bdb_header(
    struct store *, enum store_table, bool print, char *out);

double bdb_position(struct store *, enum store_table, struct bytes key);

#endif
