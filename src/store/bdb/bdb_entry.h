/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way into a store: its directory, and grey.lock, which is taken for a unit
 * of work and dropped by bdb_lock_drop(). A grey.lock that was deleted or
 * renamed is replaced by the one that there is now.
 */
#ifndef BDB_ENTRY_H
#define BDB_ENTRY_H

#include "bdb.h"
#include "store/store_engine.h"

/* Opens both, if they are not open yet. */
enum store_result bdb_entry_open(struct store *, struct bdb *);
void bdb_entry_close(struct bdb *);

/* Opens them, and locks it. What a newer version keeps is refused. */
enum store_result bdb_entry_take(struct store *, struct bdb *);

/* Only the one that is open. False: it is not locked. */
bool bdb_entry_take_again(struct store *, struct bdb *);

#endif
