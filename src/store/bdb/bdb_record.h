/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One record of a Berkeley DB table, inside a unit of work. Results are what
 * Berkeley DB returned, but 0 for a record that is not there.
 */
#ifndef BDB_RECORD_H
#define BDB_RECORD_H

#include "bdb_env.h"
#include "store/store.h"

/* For input; Berkeley DB does not write through it. */
DBT bdb_dbt(struct bytes);

/*
 * DB NULL: there is nothing in it. *value: pointing into buffer, empty if it is
 * longer than STORE_VALUE_MAX; data NULL if there is no such record.
 */
int bdb_record_get(DB *, DB_TXN *, struct bytes key,
    char buffer[STORE_VALUE_MAX], struct bytes *value);

/* Does nothing if next->len is 0. */
int bdb_record_put(
    DB *, DB_TXN *, struct bytes key, const struct store_value *next);

#endif
