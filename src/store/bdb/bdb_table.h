/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What there is to know of a table of a Berkeley DB store. See store.h.
 */
#ifndef BDB_TABLE_H
#define BDB_TABLE_H

#include "store/store.h"

/* In a store that is only read; then the store has the reason. */
bool bdb_table_is_missing(struct store *, enum store_table);

enum store_result bdb_header(
    struct store *, enum store_table, bool print, char *out);
double bdb_position(struct store *, enum store_table, struct bytes key);
int64_t bdb_size(struct store *, enum store_table);

#endif
