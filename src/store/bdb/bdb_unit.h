/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Units of work on a store that is shared by processes of which any may be
 * killed at any instruction.
 *
 * Each unit is: take grey.lock, note in it that we are inside, make sure that
 * the environment we have is the one that counts, work, wipe the note, let go.
 * Whoever finds a note that nobody wiped knows that its writer died inside: it
 * removes the regions and recovers, which brings back all that was committed,
 * and counts the generation up; whoever finds another generation than its own
 * lets go of its environment and joins the new one.
 *
 * Order of locks: postgrey.lock (held all the time, shared), then grey.lock.
 */
#ifndef BDB_UNIT_H
#define BDB_UNIT_H

#include "bdb.h"
#include "store/store_engine.h"

/*
 * A unit that has used this many tenths of a second of processor time will
 * never end. Only bdb_shrink() takes longer, and says so in bdb->unit_tenths.
 */
#define BDB_UNIT_TENTHS 8

/*
 * Each time this many units have been done, counted over all processes, the one
 * that did the last of them looks whether a checkpoint is due.
 */
#define BDB_CHECKPOINT_UNITS 64

void bdb_init(struct bdb *, const char *path, const struct store_options *);

/* See store_use_as(). */
void bdb_unit_use_as(struct bdb *, struct bytes text);

/* Opens what is not open yet and does the work, all or nothing. */
enum store_result bdb_unit(struct store *store, bdb_work *work, void *argument);

void bdb_close(struct store *);

/* Not enough of it. Sets the reason and returns STORE_ERROR. */
enum store_result bdb_unit_no_memory(struct store *);

/*
 * A store that is only read is not made, so a table may be missing. True: it
 * is, and the store has the reason.
 */
bool bdb_unit_lacks_table(struct store *, enum store_table);
/* All are missing, which is no failure: the store counts as empty. */
bool bdb_unit_lacks_all(struct store *);

#endif
