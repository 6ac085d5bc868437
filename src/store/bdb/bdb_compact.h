/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What keeps the files of a Berkeley DB store small, and those apart that must
 * not run twice. See store.h.
 */
#ifndef BDB_COMPACT_H
#define BDB_COMPACT_H

#include "store/store.h"

enum store_result bdb_claim(struct store *, const char *name, bool *claimed);
enum store_result bdb_compact(struct store *, enum store_table,
    bool (*again)(void *argument), void *argument);
enum store_result bdb_shrink(struct store *, enum store_table);

#endif
