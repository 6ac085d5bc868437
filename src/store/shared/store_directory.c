/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <sys/vfs.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "store/store_engine.h"
#include "store_access.h"
#include "store_directory.h"
#include "store_file_system.h"

enum store_result
store_directory_become_owner(struct store *store, const char *path)
{
	struct stat status;
	struct passwd *user;

	if (geteuid() != 0 || stat(path, &status) == -1 || status.st_uid == 0)
		return STORE_OK;
	user = getpwuid(status.st_uid);
	if ((user == NULL ? setgroups(0, NULL) :
			    initgroups(user->pw_name, status.st_gid)) == -1 ||
	    setgid(status.st_gid) == -1 || setuid(status.st_uid) == -1)
		return store_failed(store,
		    "%s: can't become its owner, uid %ld: %s", path,
		    (long)status.st_uid, strerror(errno));
	return STORE_OK;
}

static enum store_result
keeps_out(struct store *store, const char *path, const char *what,
    const struct store_directory_use *use, int error)
{
	return store_failed(store, "%s: can't %s the %s's directory: %s%s",
	    path, what, use->thing, strerror(error),
	    store_access_cure(path, error));
}

/*
 * Where Kubernetes mounts a volume with fsGroup, chmod(1) does not last: it
 * opens the volume, and by default all that is in it, to the group at each
 * start.
 */
static enum store_result
others_can_write(struct store *store, const char *path,
    const struct store_directory_use *use, mode_t mode)
{
	mode &= 07777;
	if ((mode & S_ISGID) == 0 || (mode & S_IWOTH) != 0)
		return store_failed(store,
		    "%s: others than its owner can write this directory (mode "
		    "%04o); do: chmod go-w %s",
		    path, mode, path);
	return store_failed(store,
	    "%s: others than its owner can write this directory (mode %04o); "
	    "do: chmod go-w %s; or, if it is a volume of Kubernetes, give "
	    "%s%s/%s, which is made in it with mode 0700, and the pod "
	    "fsGroupChangePolicy: OnRootMismatch, with which it stays so",
	    path, mode, path, use->option, path, use->thing);
}

/*
 * Looked at when it is open: what the path leads to may have been changed since
 * root became the owner of what it led to.
 */
static enum store_result
not_the_owner(struct store *store, const char *path,
    const struct store_directory_use *use, uid_t owner)
{
	if (geteuid() != 0)
		return keeps_out(store, path, "use", use, EACCES);
	return store_failed(store,
	    "%s: can't use the %s's directory: it belongs to uid %ld, and "
	    "this runs as root; nothing was done",
	    path, use->thing, (long)owner);
}

/* What is open: may it be used? */
static bool
may_use(struct store *store, const char *path,
    const struct store_directory_use *use, int fd)
{
	const char *refused;
	struct statfs system;
	struct stat status;

	if (fstat(fd, &status) == -1 || fstatfs(fd, &system) == -1)
		return keeps_out(store, path, "open", use, errno) == STORE_OK;
	if (status.st_uid != geteuid())
		return not_the_owner(store, path, use, status.st_uid) ==
		    STORE_OK;
	if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return others_can_write(store, path, use, status.st_mode) ==
		    STORE_OK;
	refused = store_file_system_refused((uint32_t)system.f_type);
	if (refused != NULL)
		(void)store_failed(store,
		    "%s: the directory is on %s, whose locks can't be relied "
		    "on; put the %s on a local file system, by %.*s",
		    path, refused, use->thing, (int)strcspn(use->option, "="),
		    use->option);
	return refused == NULL;
}

int
store_directory_open(struct store *store, const char *path,
    const struct store_directory_use *use)
{
	int fd;

	if (!store->options.read_only && mkdir(path, 0700) == -1 &&
	    errno != EEXIST) {
		(void)keeps_out(store, path, "make", use, errno);
		return -1;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		(void)keeps_out(store, path, "open", use, errno);
	else if (!may_use(store, path, use, fd)) {
		close(fd);
		fd = -1;
	}
	return fd;
}
