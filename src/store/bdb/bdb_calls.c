/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <db.h>

#include "bdb_calls.h"
#include "bdb_directory.h"
#include "store/shared/store_guard.h"

static struct {
	const char *path; /* of the directory */
	size_t path_len;
	int fd;
	bool strict;
	int error; /* of the first call that failed */
	char failed[256];
	const char *reason;
} calls = { .fd = -1 };

void
bdb_calls_in_directory(const char *path, int fd)
{
	calls.path = path;
	calls.path_len = strlen(path);
	while (calls.path_len > 0 && path[calls.path_len - 1] == '/')
		calls.path_len--;
	calls.fd = fd;
}

void
bdb_calls_forget(void)
{
	calls.error = 0;
}

void
bdb_calls_be_strict(bool strict)
{
	calls.strict = strict;
}

int
bdb_calls_failed(void)
{
	return calls.error;
}

const char *
bdb_calls_failed_path(void)
{
	return calls.failed;
}

const char *
bdb_calls_failed_reason(void)
{
	return calls.reason;
}

int
bdb_calls_note(int error, const char *path)
{
	if (calls.error != 0 || error == 0)
		return error;
	calls.error = error;
	calls.reason = NULL;
	snprintf(
	    calls.failed, sizeof(calls.failed), "%s", path == NULL ? "" : path);
	return error;
}

/* Returns -1, with errno as it is. */
static int
note(const char *path)
{
	errno = bdb_calls_note(errno, path);
	return -1;
}

/* True, with errno: nothing more is to be changed. */
static bool
is_over(void)
{
	if (!calls.strict || calls.error == 0)
		return false;
	errno = calls.error;
	return true;
}

/* For the ...at() calls: the directory of *path, which becomes relative. */
static int
at(const char **path)
{
	const char *rest = *path + calls.path_len;

	if (calls.fd == -1 || strncmp(*path, calls.path, calls.path_len) != 0 ||
	    (*rest != '/' && *rest != '\0'))
		return AT_FDCWD;
	rest += strspn(rest, "/");
	*path = *rest == '\0' ? "." : rest;
	return calls.fd;
}

/* Answers about a file, not failures: they are what was asked for. */
static bool
is_answer(int error)
{
	return error == ENOENT || error == EEXIST || error == EISDIR;
}

static int
distrust(const char *path, const char *reason)
{
	if (calls.error == 0) {
		bdb_calls_note(EPERM, path);
		calls.reason = reason;
	}
	errno = EPERM;
	return -1;
}

static int
watched_open(const char *path, int flags, ...)
{
	const char *name = path, *reason;
	int directory = at(&name), mode, fd, error, tries = 0;
	va_list arguments;

	va_start(arguments, flags);
	mode = va_arg(arguments, int);
	va_end(arguments);
	if ((flags & (O_CREAT | O_TRUNC)) != 0 && is_over())
		return -1;
	do
		fd = openat(
		    directory, name, flags | STORE_DIRECTORY_SAFELY, mode);
	while (fd == -1 && store_directory_interrupted(&tries));
	if (fd == -1 && is_answer(errno))
		return -1;
	if (directory == AT_FDCWD)
		return fd == -1 ? note(path) : fd;
	reason = store_directory_distrusts(fd);
	if (reason == NULL)
		return fd == -1 ? note(path) : fd;
	error = errno;
	if (fd != -1)
		close(fd);
	errno = error;
	return is_answer(error) ? -1 : distrust(path, reason);
}

/*
 * A short count is made up for. Pages and the log go this way, as long as
 * write(2) itself has no function here: with one, Berkeley DB seeks, and then
 * writes. What it still writes so is the first page of a new file, the end of a
 * longer one: when that fails it says so (bdb_error.c), and seeking is watched.
 */
static ssize_t
watched_pwrite(int fd, const void *buffer, size_t size, off_t offset)
{
	const char *bytes = buffer;
	ssize_t n;
	int tries = 0;

	if (is_over())
		return -1;
	for (size_t done = 0; done < size; done += (size_t)n) {
		n = pwrite(fd, bytes + done, size - done, offset + (off_t)done);
		if (n == -1 && !store_directory_interrupted(&tries))
			return note(NULL);
		if (n == -1)
			n = 0;
	}
	return (ssize_t)size;
}

/* Returns an errno, as Berkeley DB has it for this one. */
static int
watched_seek(int fd, off_t offset, int whence)
{
	int tries = 0;

	if (is_over())
		return errno;
	while (lseek(fd, offset, whence) == -1) {
		if (store_directory_interrupted(&tries))
			continue;
		note(NULL);
		return errno;
	}
	return 0;
}

static int
watched_fsync(int fd)
{
	int result, tries = 0;

	do
		result = fsync(fd);
	while (result == -1 && store_directory_interrupted(&tries));
	return result == -1 ? note(NULL) : 0;
}

static int
watched_ftruncate(int fd, off_t size)
{
	int result, tries = 0;

	if (is_over())
		return -1;
	do
		result = ftruncate(fd, size);
	while (result == -1 && store_directory_interrupted(&tries));
	return result == -1 ? note(NULL) : 0;
}

static int
watched_unlink(const char *path)
{
	const char *name = path;
	int directory = at(&name);

	if (is_over())
		return -1;
	if (unlinkat(directory, name, 0) == 0)
		return 0;
	return errno == ENOENT ? -1 : note(path);
}

static int
watched_rename(const char *from, const char *to)
{
	const char *old = from, *new = to;
	int old_directory = at(&old), new_directory = at(&new);

	if (is_over())
		return -1;
	if (renameat(old_directory, old, new_directory, new) == 0)
		return 0;
	return errno == ENOENT ? -1 : note(from);
}

/* Returns an errno, as Berkeley DB has it for this one. */
static int
watched_exists(const char *path, int *is_directory)
{
	const char *name = path;
	int directory = at(&name);
	struct stat status;

	if (fstatat(directory, name, &status, 0) == -1) {
		if (errno != ENOENT && errno != ENOTDIR)
			note(path);
		return errno;
	}
	if (is_directory != NULL)
		*is_directory = S_ISDIR(status.st_mode);
	return 0;
}

static void *
watched_realloc(void *old, size_t size)
{
	void *memory;

	store_guard_hold();
	memory = realloc(old, size);
	store_guard_release();
	if (memory == NULL)
		note(NULL);
	return memory;
}

static void *
watched_malloc(size_t size)
{
	return watched_realloc(NULL, size);
}

static void
held_free(void *memory)
{
	store_guard_hold();
	free(memory);
	store_guard_release();
}

static void
free_all(char **names, int count)
{
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

static void
free_names(char **names, int count)
{
	store_guard_hold();
	free_all(names, count);
	store_guard_release();
}

/* Adds one to names that have room for a power of two of them. */
static bool
add_name(char ***names, int *count, const char *name)
{
	char **more = *names;

	if ((*count & (*count - 1)) == 0) {
		more = reallocarray(
		    more, *count == 0 ? 1 : (size_t)*count * 2, sizeof(*more));
		if (more == NULL)
			return false;
		*names = more;
	}
	more[*count] = strdup(name);
	if (more[*count] == NULL)
		return false;
	++*count;
	return true;
}

/* The first failure that readdir(3) does not tell from the end is in errno. */
static int
read_names(DIR *directory, char ***names, int *count)
{
	struct dirent *entry;

	*names = NULL;
	*count = 0;
	while (errno = 0, (entry = readdir(directory)) != NULL) {
		if (!add_name(names, count, entry->d_name))
			return errno;
	}
	return errno;
}

static int
list_directory(const char *path, char ***names, int *count)
{
	const char *name = path;
	int place = at(&name), error;
	int fd = openat(place, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd == -1 ? NULL : fdopendir(fd);

	if (directory == NULL) {
		error = bdb_calls_note(errno, path);
		if (fd != -1)
			close(fd);
		return error;
	}
	error = read_names(directory, names, count);
	closedir(directory);
	if (error != 0)
		free_all(*names, *count);
	return bdb_calls_note(error, path);
}

static int
watched_dirlist(const char *path, char ***names, int *count)
{
	int error;

	store_guard_hold();
	error = list_directory(path, names, count);
	store_guard_release();
	return error;
}

void
bdb_calls_watch(void)
{
	db_env_set_func_malloc(watched_malloc);
	db_env_set_func_realloc(watched_realloc);
	db_env_set_func_free(held_free);
	db_env_set_func_open(watched_open);
	db_env_set_func_pwrite(watched_pwrite);
	db_env_set_func_seek(watched_seek);
	db_env_set_func_fsync(watched_fsync);
	db_env_set_func_ftruncate(watched_ftruncate);
	db_env_set_func_unlink(watched_unlink);
	db_env_set_func_rename(watched_rename);
	db_env_set_func_exists(watched_exists);
	db_env_set_func_dirlist(watched_dirlist);
	db_env_set_func_dirfree(free_names);
}
