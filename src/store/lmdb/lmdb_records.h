/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records of a table in a transaction, with keys of any length. Errors are as
 * in lmdb_error.h; values lie in the map, and are valid until the next change.
 */
#ifndef LMDB_RECORDS_H
#define LMDB_RECORDS_H

#include "common/bytes.h"
#include "lmdb_env.h"

/* value->data NULL: there is none. */
int lmdb_record_get(const struct lmdb_env *, MDB_txn *, enum store_table,
    struct bytes key, struct bytes *value);
int lmdb_record_put(const struct lmdb_env *, MDB_txn *, enum store_table,
    struct bytes key, struct bytes value);
/* The same, unless there is one: then *there is it. */
int lmdb_record_add(const struct lmdb_env *, MDB_txn *, enum store_table,
    struct bytes key, struct bytes value, struct bytes *there);
int lmdb_record_delete(
    const struct lmdb_env *, MDB_txn *, enum store_table, struct bytes key);

#endif
