/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "file_version.h"
#include "mark.h"

enum { SETTLED_MILLISECONDS = 100 };

struct file_version
file_version(const char *path)
{
	struct file_version version = { 0 };

	if (stat(path, &version.status) == -1)
		version.error = errno;
	else if (S_ISFIFO(version.status.st_mode) ||
	    S_ISSOCK(version.status.st_mode))
		version.error = FILE_IS_PIPE;
	return version;
}

bool
file_version_same(const struct file_version *a, const struct file_version *b)
{
	const struct stat *one = &a->status, *other = &b->status;

	if (a->error != 0 || b->error != 0)
		return a->error == b->error;
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino &&
	    one->st_size == other->st_size &&
	    one->st_mtim.tv_sec == other->st_mtim.tv_sec &&
	    one->st_mtim.tv_nsec == other->st_mtim.tv_nsec &&
	    one->st_ctim.tv_sec == other->st_ctim.tv_sec &&
	    one->st_ctim.tv_nsec == other->st_ctim.tv_nsec;
}

bool
file_version_settled(const struct file_version *version, int before)
{
	struct timespec now, then = version->status.st_mtim;
	int64_t age;

	if (version->error != 0)
		return version->error != ENOENT || before == ENOENT;
	clock_gettime(CLOCK_REALTIME, &now);
	age = (int64_t)(now.tv_sec - then.tv_sec) * 1000 +
	    (now.tv_nsec - then.tv_nsec) / 1000000;
	return age < 0 || age >= SETTLED_MILLISECONDS;
}

const char *
file_version_reason(int error)
{
	return error == FILE_IS_PIPE ? "it is not a file" : strerror(error);
}

uint64_t
file_version_mark(const struct file_version *version, const char *path)
{
	const struct stat *status = &version->status;
	uint64_t mark = mark_add(MARK_NONE, bytes_of(path));

	mark = mark_add_number(mark, (int64_t)status->st_dev);
	mark = mark_add_number(mark, (int64_t)status->st_ino);
	mark = mark_add_number(mark, status->st_size);
	mark = mark_add_number(mark, status->st_mtim.tv_sec);
	return mark_add_number(mark, status->st_mtim.tv_nsec);
}
