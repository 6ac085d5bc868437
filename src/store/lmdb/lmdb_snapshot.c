/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lmdb_examine.h"
#include "lmdb_snapshot.h"
#include "store/shared/store_directory.h"

/* While nobody writes: of the two heads the later one is this transaction's. */
static int
begin(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	struct lmdb_snapshot *snapshot = argument;

	(void)txn;
	snapshot->fd = openat(
	    lmdb->fd, LMDB_FILE, O_RDONLY | STORE_DIRECTORY_SAFELY);
	return snapshot->fd == -1 ?
	    errno :
	    lmdb_pages_meta(snapshot->fd, &snapshot->meta);
}

enum store_result
lmdb_snapshot_read(struct store *store, struct lmdb_snapshot *snapshot,
    lmdb_work *work, void *argument)
{
	enum store_result result;

	snapshot->fd = -1;
	result = lmdb_unit_read_from(store, begin, work, argument);
	if (snapshot->fd != -1)
		close(snapshot->fd);
	return result;
}

static int
examine(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	const struct lmdb_snapshot *snapshot = argument;

	(void)txn;
	return lmdb_examine(snapshot->fd, &snapshot->meta, lmdb->problem);
}

enum store_result
lmdb_snapshot_examine(struct store *store)
{
	struct lmdb_snapshot snapshot;

	return lmdb_snapshot_read(store, &snapshot, examine, &snapshot);
}
