/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is tried when a database does not open even after a recovery. The caller
 * holds grey.lock, and the environment is not open. Both ignore their argument.
 */
#ifndef BDB_REPAIR_H
#define BDB_REPAIR_H

#include "bdb.h"

/*
 * For databases that were copied without their logs: healthy, but the positions
 * in their pages lie past the end of the log. Resets them, in a copy that then
 * takes the file's place, and sets the logs aside.
 */
bdb_work bdb_repair_positions;

/*
 * Verifies each database, and replaces one that is bad, in the way that the
 * state's damage asks for; it is kept as NAME.corrupt-<time>, which msg() says.
 * If one was replaced, the positions of the other are reset and the logs set
 * aside.
 */
bdb_work bdb_repair_contents;

/* Tenths of a second of processor time after which a repair is not going to
 * end. */
int bdb_repair_tenths(const struct bdb_directory *);

#endif
