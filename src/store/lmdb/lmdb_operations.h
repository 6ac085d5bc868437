/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The operations of store.h that the engine offers beside the check. What takes
 * long is made of many short units of work.
 */
#ifndef LMDB_OPERATIONS_H
#define LMDB_OPERATIONS_H

#include "lmdb_unit.h"

enum store_result lmdb_walk(struct store *, enum store_table, struct bytes from,
    store_visit *, void *argument);
enum store_result lmdb_get(struct store *, enum store_table,
    const struct bytes *keys, size_t count, store_show *, void *argument);
enum store_result lmdb_update(struct store *, enum store_table,
    const struct bytes *keys, size_t count, store_decide *, void *argument);

/* lmdb_table.c */
enum store_result lmdb_header(
    struct store *, enum store_table, bool print, char *out);
double lmdb_position(struct store *, enum store_table, struct bytes key);
/* Both tables are in one file, of which each counts as half. */
int64_t lmdb_size(struct store *, enum store_table);

/* lmdb_sync.c */
enum store_result lmdb_checkpoint(struct store *);
enum store_step lmdb_checkpoint_step(struct store *);
/* Before the store is closed; does not wait for the disk. */
void lmdb_checkpoint_end(struct store *);

#endif
