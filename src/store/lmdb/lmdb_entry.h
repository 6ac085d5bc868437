/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way into a store: its directory, and grey.state, whose lock is taken for
 * a unit of work and dropped by lmdb_lock_drop().
 */
#ifndef LMDB_ENTRY_H
#define LMDB_ENTRY_H

#include "lmdb.h"
#include "store/store_engine.h"

/* Opens both, if they are not open yet. */
enum store_result lmdb_entry_open(struct store *);
void lmdb_entry_close(struct lmdb *);

/* Opens them, and takes the lock. What a newer version keeps is refused. */
enum store_result lmdb_entry_take(struct store *);

/* Only the one that is open. False: it is not locked. */
bool lmdb_entry_take_again(struct store *);

/*
 * With the lock, once in a while: a grey.state that was deleted is replaced by
 * the one that there is now, locked. STORE_ERROR: nothing is locked any more.
 */
enum store_result lmdb_entry_look(struct store *);

#endif
