/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which key is where on the leaves of a table while its log is gone through:
 * the log says of a changed value only where it is. A page is known from the
 * table's file, if it is there as it was before a change; from the log's own
 * pictures of pages; or as far as the log put keys on it.
 */
#ifndef BDB_LOG_PAGES_H
#define BDB_LOG_PAGES_H

#include "bdb_log.h"

struct bdb_log_pages;

/* NULL: out of memory. fd: of the table's file, or -1; stays the caller's. */
struct bdb_log_pages *bdb_log_pages_new(int fd);
void bdb_log_pages_free(struct bdb_log_pages *);

/* A gap in the log: nothing of what the log said of pages holds any more. */
void bdb_log_pages_forget(struct bdb_log_pages *);

/*
 * A change of a page, from its place in the log before to the one after. True:
 * the file has that change, or a later one, already. The functions below are
 * about the page of the last call. Entries are keys and values in turn, so a
 * key's is even.
 */
bool bdb_log_pages_change(struct bdb_log_pages *, uint32_t page,
    bdb_log_place before, bdb_log_place after);

/* False: out of memory. */
bool bdb_log_pages_add(
    struct bdb_log_pages *, uint32_t entry, struct bytes key);
void bdb_log_pages_remove(struct bdb_log_pages *, uint32_t entry);
/* data NULL: it is not known. Valid until the next call. */
struct bytes bdb_log_pages_key(const struct bdb_log_pages *, uint32_t entry);

/* Of the picture of a leaf; -1: it is none. */
int bdb_log_leaf_entries(struct bytes leaf);
/* False: there is none of this number, or it is not one of bytes. */
bool bdb_log_leaf_entry(struct bytes leaf, int entry, struct bytes *);

#endif
