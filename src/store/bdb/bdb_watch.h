/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tells a process that files of its directory may have gone, so that it needs
 * not look at each unit of work: the kernel sends it a signal, SIGIO, before
 * the call returns that removes or renames one.
 *
 * One store a process: what is kept here is the process's own.
 */
#ifndef BDB_WATCH_H
#define BDB_WATCH_H

#include <stdbool.h>

/* Until the directory is closed. False: this kernel tells nobody. */
bool bdb_watch_begin(int directory_fd);

/* Has any gone since this was last asked? True at first. */
bool bdb_watch_saw(void);

#endif
