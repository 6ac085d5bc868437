/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the log files of a directory did to the records of a table, in order:
 * what was put, changed and deleted, and what was on pages that were split. For
 * a salvage: it does not need the pages that the log is about.
 *
 * Only what was committed counts; but before a gap in the log everything does,
 * for what committed it may be in there.
 */
#ifndef BDB_LOG_RECORDS_H
#define BDB_LOG_RECORDS_H

#include "bdb_log_apply.h"

/* What could not be read of the logs. */
struct bdb_log_unread {
	unsigned long places;
	uint64_t bytes; /* that are known of */
	bool more;	/* files are missing, or what is missing is not known */
};

/* 0, an errno, or what the sink returned. */
int bdb_log_records(int directory_fd, enum store_table,
    const struct bdb_log_sink *, struct bdb_log_unread *);

#endif
