/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a unit of work does when a process died inside the store, or Berkeley DB
 * failed: recovery, and where that is not enough, repair. The caller holds
 * grey.lock. Results are 0, an errno or a DB_... code.
 *
 * In this order: new regions, and recovery from the log; positions that are
 * ahead of the log are reset; each database is verified, and a bad one replaced
 * by what can be salvaged of it; at last the logs are given up.
 */
#ifndef BDB_RECOVER_H
#define BDB_RECOVER_H

#include "bdb.h"

/*
 * 0: all that was committed is there, there is a new generation, and the
 * environment is open.
 */
int bdb_recover(struct bdb *);

/* The same for databases that are known to be ahead of their log. */
int bdb_recover_positions(struct bdb *);

#endif
