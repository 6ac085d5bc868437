/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directory of a Berkeley DB store, and whether postgrey uses it. postgrey
 * holds postgrey.lock alone while it runs; we hold it shared as long as the
 * directory is open, so the two never run on one directory.
 */
#ifndef BDB_DIRECTORY_H
#define BDB_DIRECTORY_H

#include "store/shared/store_directory.h"

/* The databases' names, which are postgrey's. */
extern const char *const bdb_files[STORE_TABLES];

struct bdb_directory {
	const char *path;
	int fd; /* -1: not open */
	int postgrey_fd;
};

/*
 * As store_directory_open(); also refuses one that postgrey runs on. The reason
 * goes to the store.
 */
enum store_result bdb_directory_open(struct bdb_directory *, struct store *);
void bdb_directory_close(struct bdb_directory *);

/* Bytes of the file, also before the directory is open; -1 and errno. */
int64_t bdb_directory_size(const struct bdb_directory *, enum store_table);
/* There is no such file, or no such directory. */
bool bdb_directory_lacks(const struct bdb_directory *, enum store_table);

#endif
