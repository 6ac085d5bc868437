/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LMDB_SNAPSHOT_H
#define LMDB_SNAPSHOT_H

#include "lmdb_pages.h"
#include "lmdb_unit.h"

/*
 * The pages of the last transaction, which stay as they are for as long as the
 * work lasts, while others go on in other pages.
 */
struct lmdb_snapshot {
	struct lmdb_meta meta;
	int fd; /* of the file */
};

/* As lmdb_unit_read(), with a snapshot, which is the argument's first part. */
enum store_result lmdb_snapshot_read(
    struct store *, struct lmdb_snapshot *, lmdb_work *work, void *argument);

/* Is all of it sound? If not, the next unit of work of who writes repairs it.
 */
enum store_result lmdb_snapshot_examine(struct store *);

#endif
