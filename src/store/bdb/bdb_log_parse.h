/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a record of the log says, number by number, as Berkeley DB 5.3 writes it
 * (its *.src files, of which the types below are numbers, and db_printlog).
 */
#ifndef BDB_LOG_PARSE_H
#define BDB_LOG_PARSE_H

#include <stdint.h>

#include "bdb_log.h"
#include "store/store.h"

/* The types of records that are of use here. */
enum bdb_log_type {
	BDB_LOG_REGISTER = 2,
	BDB_LOG_COMMIT = 10, /* or abort */
	BDB_LOG_CHECKPOINT = 11,
	BDB_LOG_CHILD = 12,
	BDB_LOG_ADD_OR_REMOVE = 41,
	BDB_LOG_ALLOCATE = 49,
	BDB_LOG_DELETE_MARK = 57,
	BDB_LOG_REPLACE = 58,
	BDB_LOG_SPLIT = 62,
	BDB_LOG_TRUNCATE = 66,
	BDB_LOG_RELINK = 147
};

/* What is left of a record; not good: something was read that is not there. */
struct bdb_log_cursor {
	struct bytes left;
	bool good;
};

uint32_t bdb_log_number(struct bdb_log_cursor *);
void bdb_log_skip(struct bdb_log_cursor *, int numbers);
struct bytes bdb_log_bytes(struct bdb_log_cursor *);
bdb_log_place bdb_log_read_place(struct bdb_log_cursor *);

/* Which files the numbers mean that the log gives to them. */
enum { BDB_LOG_FILES_MAX = 64 };
struct bdb_log_files {
	int table[BDB_LOG_FILES_MAX]; /* enum store_table; -1: neither */
};

/* Before a record says more, they have the numbers in which they are opened. */
void bdb_log_files_init(struct bdb_log_files *);
/* After the type, transaction and place of such a record. The table, with the
 * id of its file; -1: it is no table of ours. */
int bdb_log_files_register(
    struct bdb_log_files *, struct bdb_log_cursor *, struct bytes *id);
/* -1: it is no table of ours. */
int bdb_log_table(const struct bdb_log_files *, uint32_t file);

#endif
