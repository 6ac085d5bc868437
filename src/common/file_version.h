/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which version of a file is there now: for files that are read again when they
 * have changed, and that may be edited or replaced at any time.
 */
#ifndef FILE_VERSION_H
#define FILE_VERSION_H

#include <sys/stat.h>
#include <stdbool.h>
#include <stdint.h>

/* Beside the errnos. A pipe is not opened: that would wait for a writer. */
enum { FILE_NEVER_SEEN = -1, FILE_IS_PIPE = -2 };

/* What stat(2) says of a file: 0 and its status, or an errno. */
struct file_version {
	int error;
	struct stat status;
};

struct file_version file_version(const char *path);
bool file_version_same(
    const struct file_version *, const struct file_version *);

/*
 * Nobody seems to be at work on it: a file that was written to within the last
 * tenth of a second, or that has just gone, may be in the hands of an editor.
 * before: the error of the look before.
 */
bool file_version_settled(const struct file_version *, int before);

/* Why it can't be read, for "PATH: can't read this: ..."; not for error 0. */
const char *file_version_reason(int error);

/* Of this version of this file, see mark.h. */
uint64_t file_version_mark(const struct file_version *, const char *path);

#endif
