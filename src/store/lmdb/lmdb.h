/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The LMDB engine: one file, greylist.mdb, of two tables, shared by processes
 * any of which may be killed at any instruction.
 *
 * A map of this wing, from above:
 *   store_lmdb.c               what the engine offers; the check
 *   lmdb_walk, _get, _table,   the other operations, each made of units of
 *     _sync                      work; their header is lmdb_operations.h
 *   lmdb_snapshot              all pages of one moment
 *   lmdb_unit, lmdb_work       a unit of work: the lock, a file that can be
 *                                trusted, the work, all or nothing
 *   lmdb_entry                 the directory, and the lock at its door
 *   lmdb_file                  opens the file if it can be trusted
 *   lmdb_records, lmdb_keys    records, and those whose keys LMDB can't hold
 *   lmdb_repair                what is done about a damaged file
 *   lmdb_salvage               what is good in it, in a new one
 *   lmdb_examine               is it sound?
 *   lmdb_tree, lmdb_pages      the file as trees, and as bytes
 *   lmdb_env                   LMDB's handles, and its map, which grows
 *   lmdb_error                 of the machine, or of the data?
 *   lmdb_lock                  grey.state: the lock in front of LMDB's own
 *
 * LMDB's mutex keeps the file whole, also against its own tools. But whoever
 * waits for it waits for as long as its holder is stopped, and a new file can't
 * be put in the old one's place under it; so all of us first take a lock of our
 * own (lmdb_lock.h) for whatever takes one of LMDB's.
 */
#ifndef LMDB_ENGINE_H
#define LMDB_ENGINE_H

#include "lmdb_env.h"
#include "lmdb_examine.h"
#include "lmdb_lock.h"
#include "store/shared/store_disk.h"
#include "store/shared/store_uses.h"
#include "store/store.h"

/* All up to a transaction comes to the disk. */
struct lmdb_sync {
	size_t txnid;
	uint64_t generation; /* that it belongs to */
	bool done;
	bool failed; /* the disk has not taken them, or not all */
	int said;    /* the error that was said last, unless it went well since;
			or 0 */
};

struct lmdb {
	const struct store_options *options;
	const char *path; /* of the directory */
	int fd;		  /* the directory's; -1: not open */
	struct lmdb_lock lock;
	struct lmdb_env env;
	uint64_t generation; /* that env belongs to */
	uint32_t pid;
	int64_t next_look; /* when the files are looked at again, seconds */
	struct store_manners manners;	/* towards other processes */
	struct store_own_use use;	/* how this process uses the store */
	struct store_disk disk;		/* what is brought there now */
	struct lmdb_sync sync;		/* ... and what will be there then */
	char problem[LMDB_PROBLEM_MAX]; /* that was found in the file */
};

/* The last layout of what is stored that this program knows. */
#define LMDB_LAYOUT 1

#endif
