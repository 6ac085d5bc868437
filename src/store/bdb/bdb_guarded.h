/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work on a store that can neither crash nor hang the process, whatever is in
 * the files and the regions; see store_guard.h. The caller holds grey.lock.
 */
#ifndef BDB_GUARDED_H
#define BDB_GUARDED_H

#include "bdb.h"

/*
 * What the work returned; ENOSPC or DB_RUNRECOVERY if a signal ended it, or it
 * used the processor for bdb->unit_tenths.
 */
int bdb_guarded(struct bdb *bdb, bdb_work *work, void *argument);
int bdb_guarded_for(
    struct bdb *bdb, bdb_work *work, void *argument, int tenths);

/*
 * The same for who joins others' regions: a program of Berkeley DB's may have
 * been killed with one of their mutexes, which nobody will unlock. Whoever is
 * not through within a second makes them anew.
 */
int bdb_guarded_joining(struct bdb *bdb, bdb_work *work);

/* Closes the environment, in order. False: that failed. */
bool bdb_guarded_close(struct bdb *);

/* From now on the files may be damaged: the next recovery looks into them. */
void bdb_suspect(struct bdb *);

#endif
