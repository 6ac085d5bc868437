/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Units of work on a store that is shared by processes of which any may be
 * killed at any instruction.
 *
 * Who writes takes grey.state's lock, makes sure that its handles are those of
 * the file that counts, and works in one transaction of LMDB's. Who reads has
 * the lock only while it begins: then it has what there was at that moment, for
 * as long as it reads, and the pages of that can't be used again meanwhile. So
 * it is to be done soon, and then to begin anew.
 */
#ifndef LMDB_UNIT_H
#define LMDB_UNIT_H

#include "lmdb_work.h"
#include "store/store_engine.h"

enum store_result lmdb_unit_write(
    struct store *, lmdb_work *work, void *argument);
enum store_result lmdb_unit_read(
    struct store *, lmdb_work *work, void *argument);

/*
 * The same, for work that takes longer; first() is called before it, while
 * nobody writes.
 */
enum store_result lmdb_unit_read_from(
    struct store *, lmdb_work *first, lmdb_work *work, void *argument);

/* Nobody else is in; no handles are open, and work opens none. */
enum store_result lmdb_unit_alone(struct store *, int (*work)(struct lmdb *));

void lmdb_unit_close(struct store *);

/* For who only reads: nothing has been stored yet, and nothing is made. */
bool lmdb_unit_lacks_all(const struct store *);

/* Not enough of it. Sets the reason and returns STORE_ERROR. */
enum store_result lmdb_unit_no_memory(struct store *);

#endif
