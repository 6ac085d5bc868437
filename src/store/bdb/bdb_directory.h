/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directory of a Berkeley DB store: who may use it, and whether postgrey
 * does. postgrey holds postgrey.lock alone while it runs; we hold it shared as
 * long as the directory is open, so the two never run on one directory.
 */
#ifndef BDB_DIRECTORY_H
#define BDB_DIRECTORY_H

#include "store/store.h"

/* The databases' names, which are postgrey's. */
extern const char *const bdb_files[STORE_TABLES];

struct bdb_directory {
	const char *path;
	int fd; /* -1: not open */
	int postgrey_fd;
};

/* Flags for open(2): follows no symbolic link, and waits for no FIFO. */
#define BDB_DIRECTORY_SAFELY (O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)

/*
 * Of a file of the store just opened so; fd -1: by errno. NULL: it is a regular
 * file of the store's owner, as whom we run, or of root, or the errno says
 * enough; or why it is not used.
 */
const char *bdb_directory_distrusts(int fd);

/*
 * After a system call failed: a signal has interrupted it, so it is to be tried
 * again, but not for ever. *tries: 0 at first.
 */
bool bdb_directory_interrupted(int *tries);

/* Opens a file that is locked, and makes it. -1: *distrust, or errno if that is
   NULL, says why. */
int bdb_directory_open_lock(
    int directory_fd, const char *name, const char **distrust);

/*
 * Makes the directory, mode 0700, if it does not exist, but not for a store
 * that is only read. Refuses one that others can write, one on a file system of
 * the network or of FUSE, one that postgrey runs on; the reason goes to the
 * store.
 */
enum store_result bdb_directory_open(struct bdb_directory *, struct store *);
void bdb_directory_close(struct bdb_directory *);

/* Bytes of the file, also before the directory is open; -1 and errno. */
int64_t bdb_directory_size(const struct bdb_directory *, enum store_table);
/* There is no such file, or no such directory. */
bool bdb_directory_lacks(const struct bdb_directory *, enum store_table);

/*
 * Calls visit() for each name in the directory, until it does not return 0,
 * which is then returned; or an errno.
 */
int bdb_directory_each(int directory_fd,
    int (*visit)(int directory_fd, const char *name, void *argument),
    void *argument);

/* See store_become_owner(). */
enum store_result bdb_directory_become_owner(
    const struct bdb_directory *, struct store *);

#endif
