/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/file.h>
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "store/store_engine.h"
#include "store_access.h"
#include "store_directory.h"

enum { INTERRUPTIONS_MAX = 100 };

const char *
store_directory_distrusts(int fd)
{
	struct stat status;

	if (fd == -1 && errno == ELOOP)
		return "is a symbolic link, not a regular file";
	if (fd == -1)
		return errno == ENXIO ? "is a socket, not a regular file" :
		    errno == EISDIR   ? "is a directory, not a regular file" :
					NULL;
	if (fstat(fd, &status) == -1)
		return "can't be looked at";
	errno = S_ISDIR(status.st_mode) ? EISDIR : EPERM;
	if (S_ISFIFO(status.st_mode))
		return "is a FIFO, not a regular file";
	if (S_ISDIR(status.st_mode))
		return "is a directory, not a regular file";
	if (!S_ISREG(status.st_mode))
		return "is not a regular file";
	if (status.st_uid != geteuid() && status.st_uid != 0)
		return "belongs to another user";
	return NULL;
}

bool
store_directory_interrupted(int *tries)
{
	return errno == EINTR && ++*tries < INTERRUPTIONS_MAX;
}

int
store_directory_open_lock(
    int directory_fd, const char *name, const char **distrust)
{
	int fd = openat(directory_fd, name,
	    O_RDWR | O_CREAT | STORE_DIRECTORY_SAFELY, 0600);
	int error;

	*distrust = store_directory_distrusts(fd);
	if (*distrust == NULL || fd == -1)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

enum store_result
store_directory_failed(struct store *store, const char *path, const char *file,
    int error, const char *distrust)
{
	return store_failed(store, "%s/%s: %s%s", path, file,
	    distrust == NULL ? strerror(error) : distrust,
	    distrust == NULL ? store_access_cure(path, error) :
			       "; move it away");
}

/* The descriptor stays open, and the lock is held, until the process ends. */
enum store_result
store_directory_claim(struct store *store, const char *path, int directory_fd,
    const char *name, bool *claimed)
{
	const char *distrust;
	char file[64];
	int fd, tries = 0;

	snprintf(file, sizeof(file), "%s.lock", name);
	fd = store_directory_open_lock(directory_fd, file, &distrust);
	if (fd == -1)
		return store_directory_failed(
		    store, path, file, errno, distrust);
	*claimed = true;
	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (store_directory_interrupted(&tries))
			continue;
		*claimed = false;
		if (errno == EWOULDBLOCK) {
			close(fd);
			break;
		}
		return store_directory_failed(store, path, file, errno, NULL);
	}
	return STORE_OK;
}

int
store_directory_each(int directory_fd,
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
