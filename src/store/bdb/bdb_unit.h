/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Units of work on a Berkeley DB store that is shared by processes of which any
 * may be killed at any instruction.
 *
 * Each unit is: take grey.lock, note in it that we are inside, make sure that
 * the environment we have is the one that counts, work, wipe the note, let go.
 * Whoever finds a note that nobody wiped knows that its writer died inside: it
 * removes the regions and recovers, which brings back all that was committed,
 * and counts the generation up; whoever finds another generation than its own
 * lets go of its environment and joins the new one.
 *
 * Order of locks: postgrey.lock (held all the time, shared), then grey.lock.
 */
#ifndef BDB_UNIT_H
#define BDB_UNIT_H

#include <stdint.h>

#include "bdb_directory.h"
#include "bdb_env.h"
#include "bdb_lock.h"
#include "store/store.h"

/* The steps of bdb_tidy.h, in their order. */
enum bdb_tidy {
	BDB_TIDY_NOTHING,
	BDB_TIDY_LOOK, /* is a checkpoint due? */
	BDB_TIDY_LOG,
	BDB_TIDY_PAGES,
	BDB_TIDY_FILES,
	BDB_TIDY_CHECKPOINT
};

/* More than any unit takes that comes to an end, but for bdb_shrink(). */
#define BDB_UNIT_SECONDS 3

/* It is looked for work once in so many units, by whoever does the last. */
#define BDB_TIDY_UNITS 64

struct bdb {
	struct bdb_directory directory;
	struct bdb_lock lock;
	struct bdb_env env;  /* open inside a unit of work, and after it */
	uint64_t generation; /* that env belongs to */
	uint32_t pid;
	int unit_seconds;    /* of processor time, at most, for a unit */
	uint32_t units_seen; /* of all processes, after our last one */
	int pauses;	     /* that are still to be made */
	enum bdb_tidy tidy;  /* the next step */
	int tidy_percent;
	uint32_t tidy_log_file;
};

/*
 * A piece of work on the open environment. 0, or what Berkeley DB returned:
 * then what it did must be undone, since it may be called again after a
 * recovery.
 */
typedef int bdb_work(struct bdb *, void *argument);

void bdb_init(struct bdb *, const char *path, const struct store_options *);

/* Opens what is not open yet and does the work, all or nothing. */
enum store_result bdb_unit(struct store *store, bdb_work *work, void *argument);

/* Inside a unit. NULL: there is none, in a store that is only read. */
DB *bdb_table(const struct bdb *, enum store_table);

void bdb_close(struct bdb *);

#endif
