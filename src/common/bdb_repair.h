/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is tried when a database does not open even after a recovery. The caller
 * holds grey.lock, and the environment is not open. Results are 0, an errno or
 * a DB_... code.
 */
#ifndef BDB_REPAIR_H
#define BDB_REPAIR_H

#include "bdb_env.h"
#include "msg.h"

struct bdb_repair {
	struct bdb_env *env;
	int directory_fd;
	void (*report)(enum msg_level, const char *text);
};

/*
 * For databases that were copied without their logs: healthy, but the positions
 * in their pages lie past the end of the log. Resets them, in a copy that then
 * takes the file's place, and removes the logs.
 */
int bdb_repair_positions(const struct bdb_repair *);

/*
 * Verifies each database. A bad one is kept as NAME.corrupt-<time>, and what
 * can be salvaged of its records becomes the new one; with salvage false the
 * new one is empty. Reports what it did. The positions are reset as well.
 */
int bdb_repair_contents(const struct bdb_repair *, bool salvage);

#endif
