/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logs that a repair gives up. They may be good, of another database than the
 * one that lies beside them, so they are not removed, but moved into a
 * directory of their own.
 */
#ifndef BDB_LOGS_H
#define BDB_LOGS_H

#include <time.h>

/* In the store's directory, with the time in seconds after it. */
#define BDB_LOGS_ASIDE "logs.set-aside-"
enum { BDB_LOGS_NAME_MAX = 64, BDB_LOGS_KEPT_SECONDS = 7 * 24 * 60 * 60 };

/* 0 or an errno. name: where they are now; "": there were none. */
int bdb_logs_set_aside(int directory_fd, char name[static BDB_LOGS_NAME_MAX]);

/* Removes those that were set aside BDB_LOGS_KEPT_SECONDS ago. 0 or an errno.
 */
int bdb_logs_expire(int directory_fd, time_t now);

#endif
