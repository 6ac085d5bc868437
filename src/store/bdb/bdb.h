/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Berkeley DB engine: postgrey's files in a directory, shared by processes
 * any of which may be killed at any instruction.
 *
 * A map of this wing, from above:
 *   store_bdb.c                what the engine offers; the check
 *   bdb_walk, _get, _update,   the other operations, each made of units of
 *     _table, _compact           work; their header is bdb_operations.h
 *   bdb_pages                  pages that make no sense
 *   bdb_checkpoint             brings all to the disk, in steps
 *   bdb_unit                   a unit of work: the lock, an environment that
 *                                can be trusted, the work, all or nothing
 *   bdb_entry, bdb_holder      grey.lock is taken; or who holds it
 *   bdb_recover                after a death or an error: recovery, then
 *   bdb_repair, bdb_salvage      repair of what recovery can't bring back
 *   bdb_extent                 files that were cut
 *   bdb_identity               files that the logs are not about
 *   bdb_log_health             logs that are damaged
 *   bdb_log_records            what a salvage finds in the logs; below it
 *                              bdb_log_apply (what a record did) and
 *                              bdb_log_pages (to which key)
 *   bdb_log, bdb_log_parse     the logs as bytes
 *   bdb_logs                   logs that a repair gives up
 *   bdb_guarded                work that can neither crash nor hang us
 *   bdb_env, bdb_error         Berkeley DB's handles, and what it complains of
 *   bdb_cache                  how much it keeps in memory
 *   bdb_calls                  the calls of the system that it makes
 *   bdb_format                 files of another Berkeley DB, which are refused
 *   bdb_lock, bdb_state        grey.lock, with its state page
 *   bdb_watch, bdb_directory   tells when it goes; the files
 */
#ifndef BDB_H
#define BDB_H

#include "bdb_directory.h"
#include "bdb_env.h"
#include "bdb_lock.h"
#include "store/shared/store_disk.h"
#include "store/shared/store_uses.h"

/* The steps of bdb_checkpoint.c, in their order. */
enum bdb_step {
	BDB_STEP_NONE,
	BDB_STEP_LOOK,	      /* is a checkpoint due? */
	BDB_STEP_SYNC_EARLY,  /* the log, long before the checkpoint, */
	BDB_STEP_WRITE_EARLY, /* and pages; it need not follow */
	BDB_STEP_SYNC_LOG,
	BDB_STEP_WRITE_PAGES,
	BDB_STEP_SYNC_FILES,
	BDB_STEP_CHECKPOINT,
	BDB_STEP_GROW /* the cache */
};

struct bdb {
	const struct store_options *options;
	struct bdb_directory directory;
	struct bdb_lock lock;
	struct bdb_env env;  /* open inside a unit of work, and after it */
	uint64_t generation; /* that env belongs to */
	uint32_t pid;
	int unit_tenths;	      /* processor time that a unit may use */
	struct store_manners manners; /* towards other processes */
	struct store_own_use use;     /* how this process uses the store */
	bool condemned[STORE_TABLES]; /* bad, whatever a verification says */
	bool log_damaged; /* so that a recovery would miss what was stored */
	uint64_t log_unreadable; /* bytes of a log that holds no records */
	enum bdb_step step;	 /* of a checkpoint: the next one */
	int step_percent;	 /* of the pages: these are to be clean */
	int step_slice;		 /* so many more each time; 0: not planned */
	uint32_t step_log;	 /* the number of the log file to be synced */
	uint64_t early_log;	 /* its end at the last look; 0: none yet */
	uint32_t early_units;	 /* ... and how many units had been done */
	struct store_disk disk;	 /* what is brought there now */
};

/*
 * A piece of work on the open environment. 0, or what Berkeley DB returned:
 * then what it did must be undone, since it may be called again after a
 * recovery.
 */
typedef int bdb_work(struct bdb *, void *argument);

#endif
