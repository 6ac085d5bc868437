/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The operations of store.h that the engine offers beside the check. What takes
 * long is made of many short units of work, so that no check waits for it.
 */
#ifndef BDB_OPERATIONS_H
#define BDB_OPERATIONS_H

#include "bdb_unit.h"

enum store_result bdb_walk(struct store *, enum store_table, struct bytes from,
    store_visit *, void *argument);
enum store_result bdb_get(struct store *, enum store_table,
    const struct bytes *keys, size_t count, store_show *, void *argument);
enum store_result bdb_update(struct store *, enum store_table,
    const struct bytes *keys, size_t count, store_decide *, void *argument);

/*
 * Before records are deleted: a page that makes no sense, of which deleting one
 * would make less, is damage, and is repaired. In slices, as a walk.
 */
enum store_result bdb_look_at_pages(struct store *, enum store_table);

/* bdb_table.c */
enum store_result bdb_header(
    struct store *, enum store_table, bool print, char *out);
double bdb_position(struct store *, enum store_table, struct bytes key);
int64_t bdb_size(struct store *, enum store_table);
enum store_result bdb_claim(struct store *, const char *name, bool *claimed);

/* bdb_compact.c */
enum store_result bdb_compact(struct store *, enum store_table,
    bool (*again)(void *argument), void *argument);
enum store_result bdb_shrink(struct store *, enum store_table);

/* bdb_checkpoint.c: all steps, due or not; one step if one is due. */
enum store_result bdb_checkpoint(struct store *);
enum store_step bdb_checkpoint_step(struct store *);
/* All that is left, before the store is closed. */
void bdb_checkpoint_end(struct store *);

#endif
