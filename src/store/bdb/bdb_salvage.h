/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is good in a bad database. It works on files, outside any environment;
 * results are 0, an errno or a DB_... code.
 */
#ifndef BDB_SALVAGE_H
#define BDB_SALVAGE_H

#include "bdb_directory.h"
#include "bdb_log_records.h"

/* In the store's directory: where a new database is made, and its records. */
#define BDB_SALVAGE_NEW "repair.new"
#define BDB_SALVAGE_TEXT "repair.salvage"
#define BDB_SALVAGE_COPY "repair.copy"

struct bdb_salvaged {
	unsigned long kept;
	unsigned long from_log; /* of these, found nowhere else */
	unsigned long dropped;	/* could not be read as records */
	struct bdb_log_unread unread;
};

/* 0: sound or not there. DB_VERIFY_BAD, or what kept it from being read. */
int bdb_salvage_examine(const struct bdb_directory *, enum store_table);

/*
 * Makes BDB_SALVAGE_NEW of the records that can be read and whose value is one;
 * see is_value in store_options. They are looked for in the copy of
 * bdb_extent.h if there is one, then in the file, and then in the logs, which
 * are replayed.
 */
int bdb_salvage(const struct bdb_directory *, enum store_table,
    bool (*is_value)(struct bytes), struct bdb_salvaged *);
/* Makes BDB_SALVAGE_NEW an empty database. */
int bdb_salvage_nothing(const struct bdb_directory *);

#endif
