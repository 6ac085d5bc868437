/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What LMDB returned: 0, an errno, which is the machine's and never means
 * damage, or a code of its own, which may.
 */
#ifndef LMDB_ERROR_H
#define LMDB_ERROR_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Codes beside LMDB's: the reason is lmdb_error_text; and a signal ended it, so
 * that nothing that LMDB holds in memory can be relied on.
 */
#define LMDB_ERROR_REFUSED (-30900)
#define LMDB_ERROR_CRASHED (-30901)

/* Sets the text, and returns LMDB_ERROR_REFUSED. */
int lmdb_error_refuse(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
extern char lmdb_error_text[1024];

/* The data are not what they should be. */
bool lmdb_error_is_damage(int error);

/* The same, in words; on a full disk LMDB says EIO. directory_fd: of the file
   system in question. */
void lmdb_error_describe(const char *directory, int directory_fd, int error,
    char *text, size_t size);

#endif
