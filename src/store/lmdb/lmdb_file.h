/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LMDB_FILE_H
#define LMDB_FILE_H

#include "lmdb.h"

/*
 * Opens the file, with handles that are not open, when it can be trusted: it is
 * looked through when somebody has put it there, when it was cut, and once
 * after each boot of the machine. What is
 * damaged is repaired, and what is not there made, but not by who only reads.
 * The caller holds the lock. Results are as in lmdb_error.h; ENOENT: there is
 * none, for who only reads.
 */
int lmdb_file_open(struct lmdb *);

/* Closes the handles, in order if that is possible. */
void lmdb_file_close(struct lmdb *);

/* True: somebody has deleted or replaced it, and the handles are of no use. */
bool lmdb_file_is_gone(const struct lmdb *);

/*
 * What the work returned; LMDB_ERROR_CRASHED if a signal ended it, or it used
 * the processor for as long as no unit of work takes.
 */
int lmdb_file_guarded(int (*work)(void *), void *argument);
/* For so many tenths of a second. */
int lmdb_file_guarded_for(int (*work)(void *), void *argument, int tenths);

#endif
