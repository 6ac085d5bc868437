/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records that stand in the log files of a directory: what was put, and what
 * was on pages that were split. For a salvage only: what was changed later, or
 * deleted, is found as it was at first.
 *
 * The files are read as bytes, in the format of Berkeley DB 5.3 and this
 * machine's order of bytes, and may hold anything: what makes no sense ends the
 * reading of a file.
 */
#ifndef BDB_LOG_RECORDS_H
#define BDB_LOG_RECORDS_H

#include "store/store.h"

/* 0, an errno, or what put() returned, which ends it if it is not 0. */
int bdb_log_records(int directory_fd, enum store_table,
    int (*put)(void *argument, struct bytes key, struct bytes value),
    void *argument);

#endif
