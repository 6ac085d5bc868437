/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A new file of what is in greylist.mdb. Results are as in lmdb_error.h; the
 * caller holds the lock, and has no handles open.
 */
#ifndef LMDB_SALVAGE_H
#define LMDB_SALVAGE_H

#include "lmdb.h"

/* In the store's directory: what it makes. */
#define LMDB_NEW "greylist.mdb.new"

struct lmdb_salvaged {
	unsigned long kept;
	unsigned long loose; /* of these, found outside of the trees */
	unsigned long problems;
	char problem[128]; /* the first */
};

/*
 * All that the trees have. Where they are damaged also what is in pages that
 * they no longer lead to, if is_value says that it is one: it may have been
 * older, or deleted. strict: then rather nothing, and MDB_CORRUPTED.
 */
int lmdb_salvage(const struct lmdb *, bool strict, struct lmdb_salvaged *);

/* A file without records. */
int lmdb_salvage_nothing(const struct lmdb *);

#endif
