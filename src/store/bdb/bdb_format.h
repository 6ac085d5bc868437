/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that another Berkeley DB has written: sound, but not for this one. To
 * it they look damaged, so they are looked at before it is asked to repair
 * anything.
 */
#ifndef BDB_FORMAT_H
#define BDB_FORMAT_H

/*
 * 0, or BDB_ERROR_REFUSED (bdb_error.h), with the file, its version, and what
 * to do as the error's text; or an errno.
 */
int bdb_format_check(int directory_fd);

#endif
