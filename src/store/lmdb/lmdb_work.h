/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The work of a unit, in a transaction of LMDB's, on handles of the file that
 * counts. Results are as in lmdb_error.h. It can neither crash nor hang us.
 */
#ifndef LMDB_WORK_H
#define LMDB_WORK_H

#include "lmdb.h"

/*
 * A piece of work in a transaction. 0, or what ends it: then nothing of it is
 * stored. It may be called again from its beginning.
 */
typedef int lmdb_work(struct lmdb *, MDB_txn *, void *argument);

struct lmdb_unit {
	struct lmdb *lmdb;
	lmdb_work *first; /* NULL, or before work, while nobody writes */
	lmdb_work *work;
	void *argument;
	bool write;
	MDB_txn *txn;
};

/* With the lock held: opens the file that counts, repaired if need be. */
int lmdb_work_enter(struct lmdb *);

/*
 * With the lock held: all of one that writes; of one that reads its beginning.
 * Damage is repaired at once by who works in the background, or in a small
 * file.
 */
int lmdb_work_do(struct lmdb_unit *);

/* With the lock held, after an error: LMDB may have marked handles as useless.
 */
void lmdb_work_give_up(struct lmdb *, int error);

/* Without the lock: the rest of one that reads. */
int lmdb_work_read(struct lmdb_unit *);

#endif
