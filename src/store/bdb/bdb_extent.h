/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Databases whose file was cut: it lacks pages that it had at the last
 * checkpoint, or does not end with a page. A recovery makes the pages by which
 * it has grown since, but makes empty ones of those; so such a file is copied
 * before one, and then looked into.
 */
#ifndef BDB_EXTENT_H
#define BDB_EXTENT_H

#include "bdb_directory.h"
#include "bdb_log_health.h"

/* The copy of a table's file, in the store's directory. */
extern const char *const bdb_extent_copies[STORE_TABLES];

/*
 * 0 or an errno. *cut: at least one file was cut; each such has
 * been copied, unless it is there from before, as this was begun and not ended.
 */
int bdb_extent_keep(int directory_fd, const struct bdb_log_health *, bool *cut);

/* Removes the copies; the databases are sound. */
void bdb_extent_forget(int directory_fd);

/* Copies a file of the directory. 0 or an errno. */
int bdb_extent_copy(int directory_fd, const char *from, const char *to);

#endif
