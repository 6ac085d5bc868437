/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/statvfs.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <lmdb.h>

#include "lmdb_error.h"
#include "store/shared/store_access.h"

char lmdb_error_text[1024];

int
lmdb_error_refuse(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(lmdb_error_text, sizeof(lmdb_error_text), format, arguments);
	va_end(arguments);
	return LMDB_ERROR_REFUSED;
}

/* Of LMDB's codes those that speak of limits or of the caller are no damage. */
bool
lmdb_error_is_damage(int error)
{
	switch (error) {
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_CURSOR_FULL:
	case MDB_PAGE_FULL:
	case MDB_BAD_VALSIZE:
	case MDB_BAD_TXN:
	case LMDB_ERROR_CRASHED:
		return true;
	default:
		return false;
	}
}

/* A write that found room for a part of its bytes only is EIO to LMDB. */
static bool
is_full(int directory_fd)
{
	struct statvfs disk;

	return directory_fd != -1 && fstatvfs(directory_fd, &disk) == 0 &&
	    disk.f_bavail < disk.f_blocks / 100 + 1;
}

void
lmdb_error_describe(
    const char *directory, int directory_fd, int error, char *text, size_t size)
{
	if (error == EIO && is_full(directory_fd))
		error = ENOSPC;
	if (error == LMDB_ERROR_REFUSED)
		snprintf(text, size, "%s/%s", directory, lmdb_error_text);
	else if (lmdb_error_is_damage(error))
		snprintf(text, size,
		    "%s/greylist.mdb is damaged (%s); the next program that "
		    "writes repairs it",
		    directory,
		    error == LMDB_ERROR_CRASHED ? "its pages make no sense" :
						  mdb_strerror(error));
	else if (error == MDB_READERS_FULL)
		snprintf(text, size,
		    "%s/greylist.mdb-lock: too many processes read at once",
		    directory);
	else
		snprintf(text, size, "%s/greylist.mdb: %s%s", directory,
		    mdb_strerror(error), store_access_cure(directory, error));
}
