/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of the system that Berkeley DB makes, and the first of them that
 * failed. It often goes on after one, or turns it into "run recovery": a
 * directory that can't be read is one without logs to it. So what failed is
 * remembered here, whatever it makes of it.
 *
 * Its files are opened in the store's directory as we have opened it, not by a
 * path that may lead elsewhere by now, and only if they are regular files of
 * that directory's owner, or of root.
 *
 * One store a process: what is kept here is the process's own.
 */
#ifndef BDB_CALLS_H
#define BDB_CALLS_H

#include <stdbool.h>

/* Berkeley DB makes its calls here, from now on. */
void bdb_calls_watch(void);

/* Files of this path are files in this directory; fd -1: of no directory. Both
   are kept by reference. */
void bdb_calls_in_directory(const char *path, int fd);

/* What was before does not count. */
void bdb_calls_forget(void);

/*
 * While it is strict, nothing is written, made, renamed or removed after the
 * first call that failed: what Berkeley DB does then rests on a mistake.
 */
void bdb_calls_be_strict(bool strict);

/* The errno of the first call that failed; 0: none did. */
int bdb_calls_failed(void);

/* The file of that call, or "" if it is not known; and what is wrong with it,
   or NULL if the errno says it. */
const char *bdb_calls_failed_path(void);
const char *bdb_calls_failed_reason(void);

/* One that failed elsewhere; returns the error. path NULL: it is not known. */
int bdb_calls_note(int error, const char *path);

#endif
