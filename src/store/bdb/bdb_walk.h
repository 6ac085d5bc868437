/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads many records of a Berkeley DB store, in units of work so short that no
 * check waits long for them. See store_walk().
 */
#ifndef BDB_WALK_H
#define BDB_WALK_H

#include "store/store.h"

enum store_result bdb_walk(struct store *, enum store_table, struct bytes from,
    store_visit *, void *argument);

#endif
