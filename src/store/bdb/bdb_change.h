/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes some records of a Berkeley DB store in one unit of work. See
 * store_change().
 */
#ifndef BDB_CHANGE_H
#define BDB_CHANGE_H

#include "store/store.h"

enum store_result bdb_change(struct store *, enum store_table,
    const struct bytes *keys, size_t count, store_decide *, void *argument);

#endif
