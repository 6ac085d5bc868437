/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a unit of work does when a process died inside the store, or Berkeley DB
 * failed: recovery, and where that is not enough, repair. The caller holds
 * grey.lock. Results are 0, an errno or a DB_... code.
 *
 * In this order: new regions and recovery from the log; positions that are
 * ahead of the log are reset; each database is verified, and a bad one replaced
 * by what can be salvaged of it; at last the logs are given up.
 */
#ifndef BDB_RECOVER_H
#define BDB_RECOVER_H

#include "bdb_repair.h"
#include "bdb_unit.h"

/* All that was committed, a new generation, and the environment open. */
int bdb_recover(struct store *, struct bdb *);

/* For databases that are ahead of their log; the environment is not open. */
int bdb_renew_positions(struct store *, struct bdb *);

/* Work that can't crash or hang the process; see guard.h. */
int bdb_run(struct bdb *bdb, bdb_work *work, void *argument);
bdb_work bdb_close_work;

/* An error of the data, not of the machine. */
bool bdb_is_damage(int error);
/* The next recovery is to look into the databases. */
void bdb_suspect(struct bdb *);

#endif
