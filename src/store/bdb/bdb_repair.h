/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is tried when a database does not open even after a recovery. The caller
 * holds grey.lock, and the environment is not open. Results are 0, an errno or
 * a DB_... code.
 */
#ifndef BDB_REPAIR_H
#define BDB_REPAIR_H

#include "bdb_directory.h"
#include "bdb_lock.h"

/*
 * For databases that were copied without their logs: healthy, but the positions
 * in their pages lie past the end of the log. Resets them, in a copy that then
 * takes the file's place, and removes the logs.
 */
int bdb_repair_positions(
    const struct bdb_directory *, const struct store_options *);

/*
 * Verifies each database, and replaces one that is bad; it is kept as
 * NAME.corrupt-<time>. Reports what it did. If one was replaced, the positions
 * of the other are reset and the logs removed.
 */
int bdb_repair_contents(const struct bdb_directory *,
    const struct store_options *, enum bdb_damage);

/* Seconds of processor time after which a repair is not going to end. */
int bdb_repair_seconds(const struct bdb_directory *);

#endif
