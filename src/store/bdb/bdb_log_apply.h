/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one record of the log did to the records of a table: they are told to
 * the sink. A record names a page and the number of an entry on it, and not the
 * key: bdb_log_pages.h knows which that is.
 */
#ifndef BDB_LOG_APPLY_H
#define BDB_LOG_APPLY_H

#include "bdb_log_pages.h"
#include "bdb_log_parse.h"

/* Of a value, what stands between `prefix` bytes and `suffix` bytes, changes.
 */
struct bdb_log_patch {
	size_t prefix, suffix;
	struct bytes before, after;
};

/* 0, or what ends the reading. */
struct bdb_log_sink {
	/* in_file: the page had this, or something later, in the file. */
	int (*put)(
	    void *argument, struct bytes key, struct bytes value, bool in_file);
	int (*patch)(
	    void *argument, struct bytes key, const struct bdb_log_patch *);
	int (*remove)(void *argument, struct bytes key);
	void *argument;
};

struct bdb_log_apply {
	int table;
	const struct bdb_log_sink *sink;
	struct bdb_log_files files;
	struct bdb_log_pages *pages;
	/* A key that was added or removed, and whose value is to follow. */
	struct bytes key;
	uint32_t key_page, key_entry, removed_page, removed_entry;
};

struct bdb_log_change {
	uint32_t transaction;
	enum bdb_log_type type; /* or another, which changes no record */
	bdb_log_place place;
	struct bytes record; /* after the place of the transaction's last one */
};

/* 0, ENOMEM, or what the sink returned. */
int bdb_log_apply(struct bdb_log_apply *, const struct bdb_log_change *);

/* No value follows: a transaction has ended. The records that it was given may
 * then go. */
void bdb_log_apply_forget(struct bdb_log_apply *);

#endif
