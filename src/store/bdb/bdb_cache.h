/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much of the databases the processes keep in their shared memory,
 * __db.003. Its size is settled when the regions are made, but the file only
 * grows as it fills, a megabyte at a time: what costs time at once is the table
 * by which a page is found. So there is room for twice what the databases have
 * now, and when they have outgrown that the regions are made anew, after a
 * checkpoint. They are never made smaller: with different --cache the largest
 * counts, and an older version's, of 16 MB, is outgrown.
 */
#ifndef BDB_CACHE_H
#define BDB_CACHE_H

#include "bdb.h"

/* Bytes for regions that are made now. */
int64_t bdb_cache_wanted(const struct bdb *);

/* In a unit of work: how large it is. */
int bdb_cache_megabytes(const struct bdb *);

/* In a unit of work: the databases have outgrown it, and it may be larger. */
bool bdb_cache_is_outgrown(const struct bdb *);

#endif
