/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bdb_directory.h"
#include "bdb_env.h"
#include "bdb_logs.h"

enum { NAMES_MAX = 1000 };

/* Each has a name of its own, also if there are two in a second. */
static int
make_aside(int directory_fd, char *name)
{
	for (int i = 0; i < NAMES_MAX; i++) {
		snprintf(name, BDB_LOGS_NAME_MAX, BDB_LOGS_ASIDE "%lld",
		    (long long)time(NULL) + i);
		if (mkdirat(directory_fd, name, 0700) == 0)
			return 0;
		if (errno != EEXIST)
			return errno;
	}
	return EEXIST;
}

static int
set_aside(int directory_fd, const char *log, void *argument)
{
	char *name = argument, path[BDB_LOGS_NAME_MAX + 32];
	int error;

	if (fnmatch(BDB_ENV_LOGS, log, 0) != 0)
		return 0;
	error = *name == '\0' ? make_aside(directory_fd, name) : 0;
	if (error != 0)
		return error;
	snprintf(path, sizeof(path), "%s/%.20s", name, log);
	return renameat(directory_fd, log, directory_fd, path) == -1 ? errno :
								       0;
}

int
bdb_logs_set_aside(int directory_fd, char name[static BDB_LOGS_NAME_MAX])
{
	name[0] = '\0';
	return store_directory_each(directory_fd, set_aside, name);
}

static int
remove_log(int directory_fd, const char *name, void *argument)
{
	(void)argument;
	if (fnmatch(BDB_ENV_LOGS, name, 0) != 0 ||
	    unlinkat(directory_fd, name, 0) == 0)
		return 0;
	return errno;
}

/* What else somebody has put there keeps the directory. */
static int
remove_aside(int directory_fd, const char *name)
{
	int error,
	    fd = openat(directory_fd, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return errno == ENOTDIR || errno == ELOOP ? 0 : errno;
	error = store_directory_each(fd, remove_log, NULL);
	close(fd);
	if (error == 0 && unlinkat(directory_fd, name, AT_REMOVEDIR) == -1 &&
	    errno != ENOTEMPTY)
		error = errno;
	return error;
}

static int
expire(int directory_fd, const char *name, void *argument)
{
	const time_t *now = argument;
	const size_t len = strlen(BDB_LOGS_ASIDE);
	long long when;
	char *end;

	if (strncmp(name, BDB_LOGS_ASIDE, len) != 0)
		return 0;
	when = strtoll(name + len, &end, 10);
	if (end == name + len || *end != '\0' ||
	    when > *now - BDB_LOGS_KEPT_SECONDS)
		return 0;
	return remove_aside(directory_fd, name);
}

int
bdb_logs_expire(int directory_fd, time_t now)
{
	return store_directory_each(directory_fd, expire, &now);
}
