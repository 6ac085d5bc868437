/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another file in the place of greylist.mdb. The caller holds the lock, and has
 * no handles open; results are as in lmdb_error.h.
 */
#ifndef LMDB_REPAIR_H
#define LMDB_REPAIR_H

#include "lmdb.h"

/* Where there is none: an empty one. */
int lmdb_repair_make(struct lmdb *);

/*
 * What can be read of a damaged one; that is kept as
 * greylist.mdb.corrupt-<time>, which msg() says, with lmdb->problem if the file
 * does not show another.
 */
int lmdb_repair(struct lmdb *);

/* The same records, without free pages. */
int lmdb_repair_shrink(struct lmdb *);

/*
 * The data file is not the one that the lock file is about: somebody has
 * put it there. All begin anew with it.
 */
int lmdb_repair_begin_anew(struct lmdb *);

#endif
