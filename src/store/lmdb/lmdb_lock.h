/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grey.state: a lock, and what all processes of a store want to know of it.
 *
 * The lock is a robust mutex, which costs no call of the system while nobody
 * waits, and which the kernel takes from the dead. Each process holds flock(2)
 * on the file, shared, as long as it has it open; who gets it alone is the only
 * one, and makes the mutex anew, as after another boot or in a copied file it
 * may be that of nobody.
 *
 * Without the file nothing is lost, and it may be deleted: LMDB's own mutex
 * still keeps the data whole.
 */
#ifndef LMDB_LOCK_H
#define LMDB_LOCK_H

#include <pthread.h>
#include <stdint.h>

#include "store/shared/store_boot.h"
#include "store/shared/store_page.h"
#include "store/shared/store_wait.h"

struct lmdb_state {
	char magic[8];
	uint32_t version;
	uint32_t holder;     /* pid of who has the lock; 0: nobody */
	uint64_t generation; /* one more with each file that replaces another */
	uint32_t damage;     /* not 0: the file is to be repaired */
	uint32_t units;	     /* of work done, by all processes */
	uint32_t wanted;     /* not 0: somebody had to wait for the lock */
	/* The generation, its low bits, of which the disk has failed to take
	   some; 0: none. */
	uint32_t failed;
	struct store_stuck stuck;
	/* When dead readers were last looked for, and when all was last brought
	   to the disk, epoch seconds. */
	int64_t readers_checked;
	int64_t synced_at;
	/* Which data file the lock file is about: inode, and when it was made
	   (ns), for inodes are used again. */
	uint64_t file_inode;
	int64_t file_born;
	/* The transaction up to which all is on the disk for certain. */
	uint64_t synced;
	char boot_id[STORE_BOOT_ID]; /* in which boot the file was last found
					sound */
	_Alignas(64) pthread_mutex_t mutex;
};

struct lmdb_lock {
	struct store_page page;
	volatile struct lmdb_state *state;
	int mended; /* how often it was made whole since it was taken */
};

/*
 * 0 or an errno, with *distrust if that is not all, as in
 * store_directory_open_lock(). ETIMEDOUT: somebody else who opens it is stuck.
 */
int lmdb_lock_open(struct lmdb_lock *, int directory_fd, const char **distrust);
void lmdb_lock_close(struct lmdb_lock *);

/*
 * 0, or an errno: ETIMEDOUT when one process was seen at one unit of work for
 * `patience` milliseconds, or others came first for LMDB_LOCK_WAIT seconds;
 * ESTALE when the file is not what it was: it is to be discarded, and opened
 * anew.
 */
#define LMDB_LOCK_WAIT 10
int lmdb_lock_take(struct lmdb_lock *, uint32_t pid, int patience);
void lmdb_lock_drop(struct lmdb_lock *);

/*
 * Deletes the file, unless another process did and has made a new one, which
 * all now share. The lock is still to be closed. 0 or an errno.
 */
int lmdb_lock_discard(const struct lmdb_lock *, int directory_fd);

#endif
