/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "bdb_access.h"
#include "bdb_directory.h"
#include "bdb_file_system.h"
#include "store/store_engine.h"

enum { INTERRUPTIONS_MAX = 100 };

const char *const bdb_files[STORE_TABLES] = { "postgrey.db",
	"postgrey_clients.db" };

enum store_result
bdb_directory_become_owner(
    const struct bdb_directory *directory, struct store *store)
{
	struct stat status;
	struct passwd *user;

	if (geteuid() != 0 || stat(directory->path, &status) == -1 ||
	    status.st_uid == 0)
		return STORE_OK;
	user = getpwuid(status.st_uid);
	if ((user == NULL ? setgroups(0, NULL) :
			    initgroups(user->pw_name, status.st_gid)) == -1 ||
	    setgid(status.st_gid) == -1 || setuid(status.st_uid) == -1)
		return store_failed(store,
		    "%s: can't become its owner, uid %ld: %s", directory->path,
		    (long)status.st_uid, strerror(errno));
	return STORE_OK;
}

int64_t
bdb_directory_size(
    const struct bdb_directory *directory, enum store_table table)
{
	char path[PATH_MAX];
	struct stat status;

	snprintf(
	    path, sizeof(path), "%s/%s", directory->path, bdb_files[table]);
	return stat(path, &status) == -1 ? -1 : status.st_size;
}

bool
bdb_directory_lacks(
    const struct bdb_directory *directory, enum store_table table)
{
	return bdb_directory_size(directory, table) == -1 && errno == ENOENT;
}

int
bdb_directory_each(int directory_fd,
    int (*visit)(int directory_fd, const char *name, void *argument),
    void *argument)
{
	int fd = openat(directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int error = errno;

	if (directory == NULL) {
		if (fd != -1)
			close(fd);
		return error;
	}
	do {
		errno = 0;
		entry = readdir(directory);
		error = entry == NULL ?
		    errno :
		    visit(directory_fd, entry->d_name, argument);
	} while (entry != NULL && error == 0);
	closedir(directory);
	return error;
}

void
bdb_directory_close(struct bdb_directory *directory)
{
	if (directory->postgrey_fd != -1)
		close(directory->postgrey_fd);
	if (directory->fd != -1)
		close(directory->fd);
	directory->postgrey_fd = directory->fd = -1;
}

const char *
bdb_directory_distrusts(int fd)
{
	struct stat status;

	if (fd == -1 && errno == ELOOP)
		return "is a symbolic link, not a regular file";
	if (fd == -1)
		return errno == ENXIO ? "is a socket, not a regular file" :
					NULL;
	if (fstat(fd, &status) == -1)
		return "can't be looked at";
	errno = S_ISDIR(status.st_mode) ? EISDIR : EPERM;
	if (S_ISFIFO(status.st_mode))
		return "is a FIFO, not a regular file";
	if (!S_ISREG(status.st_mode))
		return "is not a regular file";
	if (status.st_uid != geteuid() && status.st_uid != 0)
		return "belongs to another user";
	return NULL;
}

bool
bdb_directory_interrupted(int *tries)
{
	return errno == EINTR && ++*tries < INTERRUPTIONS_MAX;
}

int
bdb_directory_open_lock(
    int directory_fd, const char *name, const char **distrust)
{
	int fd = openat(
	    directory_fd, name, O_RDWR | O_CREAT | BDB_DIRECTORY_SAFELY, 0600);
	int error;

	*distrust = bdb_directory_distrusts(fd);
	if (*distrust == NULL || fd == -1)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static enum store_result
keeps_out(struct store *store, const struct bdb_directory *directory,
    const char *what, int error)
{
	return store_failed(store, "%s: %s%s%s", directory->path, what,
	    strerror(error), bdb_access_cure(directory->path, error));
}

/*
 * Where Kubernetes mounts a volume with fsGroup, chmod(1) does not last: it
 * opens the volume, and by default all that is in it, to the group at each
 * start.
 */
static enum store_result
others_can_write(
    struct store *store, const struct bdb_directory *directory, mode_t mode)
{
	const char *path = directory->path;

	mode &= 07777;
	if ((mode & S_ISGID) == 0 || (mode & S_IWOTH) != 0)
		return store_failed(store,
		    "%s: others than its owner can write this directory (mode "
		    "%04o); do: chmod go-w %s",
		    path, mode, path);
	return store_failed(store,
	    "%s: others than its owner can write this directory (mode %04o); "
	    "do: chmod go-w %s; or, if it is a volume of Kubernetes, give "
	    "--store=%s/store, which is made in it with mode 0700, and the pod "
	    "fsGroupChangePolicy: OnRootMismatch, with which it stays so",
	    path, mode, path, path);
}

/*
 * Looked at when it is open: what the path leads to may have been changed since
 * root became the owner of what it led to.
 */
static enum store_result
not_the_owner(
    struct store *store, const struct bdb_directory *directory, uid_t owner)
{
	if (geteuid() != 0)
		return keeps_out(store, directory,
		    "can't use the store's directory: ", EACCES);
	return store_failed(store,
	    "%s: can't use the store's directory: it belongs to uid %ld, and "
	    "this runs as root; nothing was done",
	    directory->path, (long)owner);
}

static enum store_result
open_directory(struct store *store, struct bdb_directory *directory)
{
	const char *refused;
	struct statfs system;
	struct stat status;

	if (!store->options.read_only && mkdir(directory->path, 0700) == -1 &&
	    errno != EEXIST)
		return keeps_out(store, directory,
		    "can't make the store's directory: ", errno);
	directory->fd = open(
	    directory->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory->fd == -1 || fstat(directory->fd, &status) == -1 ||
	    fstatfs(directory->fd, &system) == -1)
		return keeps_out(store, directory,
		    "can't open the store's directory: ", errno);
	if (status.st_uid != geteuid())
		return not_the_owner(store, directory, status.st_uid);
	if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return others_can_write(store, directory, status.st_mode);
	refused = bdb_file_system_refused((uint32_t)system.f_type);
	if (refused != NULL)
		return store_failed(store,
		    "%s: the directory is on %s, whose locks can't be relied "
		    "on; put the store on a local file system, by --store",
		    directory->path, refused);
	return STORE_OK;
}

static enum store_result
exclude_postgrey(struct store *store, struct bdb_directory *directory)
{
	const char *distrust;
	int tries = 0;

	directory->postgrey_fd = bdb_directory_open_lock(
	    directory->fd, "postgrey.lock", &distrust);
	if (directory->postgrey_fd == -1 && distrust != NULL)
		return store_failed(store, "%s/postgrey.lock: %s; move it away",
		    directory->path, distrust);
	if (directory->postgrey_fd == -1)
		return keeps_out(
		    store, directory, "can't open postgrey.lock: ", errno);
	while (flock(directory->postgrey_fd, LOCK_SH | LOCK_NB) == -1) {
		if (bdb_directory_interrupted(&tries))
			continue;
		if (errno == EWOULDBLOCK)
			return store_failed(store,
			    "%s: postgrey is running on this directory (it "
			    "holds postgrey.lock); stop postgrey first",
			    directory->path);
		return store_failed(store, "%s/postgrey.lock: can't lock: %s",
		    directory->path, strerror(errno));
	}
	return STORE_OK;
}

enum store_result
bdb_directory_open(struct bdb_directory *directory, struct store *store)
{
	if (open_directory(store, directory) == STORE_OK &&
	    exclude_postgrey(store, directory) == STORE_OK)
		return STORE_OK;
	bdb_directory_close(directory);
	return STORE_ERROR;
}
