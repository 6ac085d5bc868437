/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the databases are those that the log is about. Each file has an id,
 * which the log names; where they differ, Berkeley DB passes over in silence
 * what the log holds for the file.
 */
#ifndef BDB_IDENTITY_H
#define BDB_IDENTITY_H

#include <stdbool.h>

#include "bdb.h"
#include "bdb_log_health.h"

/*
 * 0, an errno, or BDB_ERROR_REFUSED for who only reads. A file that has pages
 * as the log left them gets its id back. *foreign: there is another one, which
 * was copied without its own logs.
 */
int bdb_identity_check(
    const struct bdb *, const struct bdb_log_health *, bool *foreign);

#endif
