/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One opened Berkeley DB environment with postgrey's two databases. Opened with
 * the flags that postgrey uses, and without DB_INIT_LOCK and mutexes: the
 * caller holds grey.lock around every call here and around every call with the
 * handles.
 *
 * Results are 0, an errno or a DB_... code; bdb_error_describe() puts it in
 * words.
 */
#ifndef BDB_ENV_H
#define BDB_ENV_H

#include <stdbool.h>
#include <db.h>

#include "store/store.h"

/* The names of regions and of log files, for fnmatch(3). */
#define BDB_ENV_REGIONS "__db.[0-9][0-9][0-9]"
#define BDB_ENV_DIGITS "[0-9][0-9][0-9][0-9][0-9]"
#define BDB_ENV_LOGS "log." BDB_ENV_DIGITS BDB_ENV_DIGITS

struct bdb_env {
	const char *directory;
	bool sync;		  /* commits reach the disk */
	int64_t cache;		  /* bytes of it, when regions are made */
	bool read_only;		  /* databases are not made */
	DB_ENV *handle;		  /* NULL: not open */
	DB *tables[STORE_TABLES]; /* NULL: not there, in a store only read */
};

/* recover: runs recovery over new regions; else joins those that are there. */
int bdb_env_open(struct bdb_env *, bool recover);

/* In order; the regions stay for the next to join. */
void bdb_env_close(struct bdb_env *);

/*
 * Lets go of an environment whose regions may be in any state, without looking
 * at what is in them: a list that a killed process was changing may have no
 * end, and a mutex that it held has no owner any more. Loses some memory.
 */
void bdb_env_abandon(struct bdb_env *);

/* Removes the region files; what they held comes back from the log. */
int bdb_env_remove_regions(int directory_fd);

/* For input; Berkeley DB does not write through it. */
DBT bdb_dbt(struct bytes);

/*
 * One record, inside a unit of work. DB NULL: there is nothing in it. *value:
 * pointing into buffer, empty if it is longer than STORE_VALUE_MAX; data NULL
 * if there is no such record.
 */
int bdb_record_get(DB *, DB_TXN *, struct bytes key,
    char buffer[STORE_VALUE_MAX], struct bytes *value);

/* Does nothing if next->len is 0. */
int bdb_record_put(
    DB *, DB_TXN *, struct bytes key, const struct store_value *next);

#endif
