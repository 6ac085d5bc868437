/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grey.lock: the one lock of a Berkeley DB store, and a page of state that all
 * processes share. Every call into Berkeley DB is made while holding flock(2)
 * on it. The kernel drops a dead process's lock, so nobody ever waits for the
 * dead; the state page says what the dead may have left.
 *
 * The page is memory shared between running programs, not a record kept for
 * years: another version, another boot or other regions only mean "recover".
 *
 * Programs of several versions share it at the same time: after an upgrade
 * processes of the old one live on. The first version knows only the first
 * STORE_PAGE_HALF bytes, and leaves the rest alone. So, in all versions:
 *   - struct bdb_state stays as it is, and its version: with another one each
 *     program would make the state of the others anew, and recover;
 *   - what is added has a place of its own, with a form word of its own, like
 *     store_notes.h and store_uses.h, and nobody needs it;
 *   - a version that stores anything, here or in the databases, in a way in
 *     which this one would do harm, counts BDB_LAYOUT up. While it
 *     holds the lock, and before it changes anything else, it writes that into
 *     the page; then older programs refuse each unit of work, and say why. As
 *     grey.lock may be deleted, and the first version knows no layout, it also
 *     gives the files that it changes names which those do not open.
 */
#ifndef BDB_LOCK_H
#define BDB_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "store/shared/store_boot.h"
#include "store/shared/store_page.h"
#include "store/shared/store_wait.h"

/* What is known against the databases, which decides what is done about it. */
enum bdb_damage {
	BDB_SOUND,   /* nothing */
	BDB_SUSPECT, /* failed even after a recovery: a bad one is salvaged */
	BDB_BROKEN,  /* salvage failed: a bad one becomes an empty one */
	BDB_LOST     /* that failed too: both become empty ones, unseen */
};

/* How many region files there are. */
enum { BDB_REGIONS = 3 };

struct bdb_state {
	char magic[8];
	uint32_t version;
	uint32_t holder; /* pid inside Berkeley DB; set and unlocked: died */
	uint64_t generation;   /* one more with each recovery */
	uint32_t damage;       /* enum bdb_damage */
	uint32_t units;	       /* of work done, by all processes */
	uint32_t checkpointer; /* pid at work on a checkpoint; 0: nobody */
	uint32_t wanted;       /* not 0: somebody had to wait for the lock */
	char boot_id[STORE_BOOT_ID]; /* which boot of the machine */
	uint64_t region_inode; /* of __db.001, and when it was made: postgrey */
	int64_t region_born;   /* makes new ones, so its runs show (ns) */
	/* Of __db.001 and so on; 0: unknown. One cut short crashes who joins.
	 */
	uint64_t region_bytes[BDB_REGIONS];
	struct store_stuck stuck;
};

/* The last layout of what is stored that this program knows. */
#define BDB_LAYOUT 1

struct bdb_lock {
	struct store_page page; /* the file */
	volatile struct bdb_state *state;
	uint64_t inode; /* of the file */
	int directory_fd;
	bool is_told;	/* by the kernel, when files go: bdb_watch.h */
	int64_t looked; /* when, in milliseconds: the file was still this one */
	int mended;	/* how often since then it was made whole */
};

/*
 * 0 or an errno, with *distrust if that is not all, as in
 * store_directory_open_lock(). Makes the file if there is none; directory_fd
 * stays open.
 */
int bdb_lock_open(struct bdb_lock *, int directory_fd, const char **distrust);
void bdb_lock_close(struct bdb_lock *);
/* False: the file was deleted, or cut and is not to be mended. */
bool bdb_lock_is_whole(struct bdb_lock *);

/*
 * 0, or an errno: ETIMEDOUT when one process was seen at one unit of work for
 * `patience` milliseconds, or for BDB_LOCK_WAIT seconds if it is another
 * program, or others came first for as long; ESTALE when the file was deleted
 * or renamed meanwhile.
 */
#define BDB_LOCK_WAIT 10
int bdb_lock_take(struct bdb_lock *, int patience);
void bdb_lock_drop(struct bdb_lock *);

/*
 * While holding it, for a unit of work that takes longer than others: where
 * grey.lock was deleted or renamed, two processes may be at work, each with a
 * lock of its own, until one of them ends its unit (bdb_unit.c); but only one
 * at a time has the claim. 0, or an errno as above.
 */
int bdb_lock_claim(struct bdb_lock *);
void bdb_lock_unclaim(struct bdb_lock *);

/*
 * bdb_state.c. While holding it: false if the page held no state, as in a new
 * file or after somebody wrote into it; then it was made anew, with a
 * generation of its own.
 */
bool bdb_state_check(struct bdb_lock *);
/* While holding it: do the regions in the directory belong to this state? */
bool bdb_state_fits(const struct bdb_lock *, int directory_fd);
/* The state of regions just made by a recovery: a new generation. */
void bdb_state_renew(struct bdb_lock *, int directory_fd);

#endif
