/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LMDB's handles of a store. Its map is memory that is set aside for the file,
 * not disk: it begins small, and is made larger by whoever meets its end.
 * Errors are as in lmdb_error.h.
 */
#ifndef LMDB_ENV_H
#define LMDB_ENV_H

#include <lmdb.h>
#include <stdbool.h>

#include "store/store.h"

#define LMDB_FILE "greylist.mdb"
#define LMDB_LOCK_FILE "greylist.mdb-lock"

/* Keys that are longer are not LMDB's; see lmdb_keys.h. */
#define LMDB_KEY_MAX 511

/* The tables' names in it. */
extern const char *const lmdb_tables[STORE_TABLES];

struct lmdb_env {
	MDB_env *handle; /* NULL: not open */
	MDB_txn *reader; /* NULL, or reset: for those that only read */
	MDB_dbi table[STORE_TABLES];
	bool has_table[STORE_TABLES]; /* false: it is not there, only read */
};

struct lmdb_env_options {
	bool read_only;
	bool sync;    /* commits are on the disk */
	bool no_lock; /* the file is nobody else's */
};

/* path: of the file. Makes tables that are missing, unless read_only. */
int lmdb_env_open(struct lmdb_env *, const char *path, size_t bytes,
    const struct lmdb_env_options *);
void lmdb_env_close(struct lmdb_env *);

/*
 * No longer used, and not closed in order either: what LMDB has in memory can't
 * be relied on. What it holds is freed when the process ends.
 */
void lmdb_env_abandon(struct lmdb_env *);

/* While no transaction is open: *txn, or an error. Adapts to a map that others
   have made larger. */
int lmdb_env_begin(struct lmdb_env *, bool write, MDB_txn **txn);
/* Of a transaction that only reads: it no longer holds on to anything. */
void lmdb_env_end_reader(struct lmdb_env *);

/* After MDB_MAP_FULL, when the transaction has been aborted. */
int lmdb_env_grow(struct lmdb_env *);

#endif
