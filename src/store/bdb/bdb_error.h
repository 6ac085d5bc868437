/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What went wrong in Berkeley DB: of the machine (disk full, too many files, no
 * permission, no memory) or of the data? It often turns the first into "run
 * recovery", so the first call that failed (bdb_calls.h) decides: any means
 * that it was the machine, and only a code of Berkeley DB's own, with no call
 * that failed, means damage. Nothing of what it says is ever printed by itself:
 * standard error may be the socket that answers go to.
 *
 * One store a process: what is kept here is the process's own.
 */
#ifndef BDB_ERROR_H
#define BDB_ERROR_H

#include <stdbool.h>
#include <db.h>

/* Make handles that are watched; a database of no shared environment. */
int bdb_error_new_env(DB_ENV **);
int bdb_error_new_db(DB **);

/* Before a unit of work: what was before does not count. */
void bdb_error_forget(void);

/*
 * Neither of the machine nor of the data: files that are not for this program,
 * which stay as they are. Sets the text, and returns BDB_ERROR_REFUSED.
 */
#define BDB_ERROR_REFUSED (-30700)
int bdb_error_refuse(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* What is known better than Berkeley DB says it, unless that has spoken. */
void bdb_error_say(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* An error of the machine, or else one of the data. */
bool bdb_error_is_resource(int error);
bool bdb_error_is_damage(int error);

/*
 * What a piece of work has really ended with: the errno of the call that failed
 * in it, even if Berkeley DB was content (0) or saw damage in it.
 */
int bdb_error_settle(int error);

/*
 * True if the last error was that a database is ahead of its log (BDB2506), as
 * one is that was copied without it.
 */
bool bdb_error_is_ahead_of_log(void);

/* The file or directory, and what is wrong with it. */
void bdb_error_describe(
    const char *directory, int error, char *text, size_t size);

#endif
