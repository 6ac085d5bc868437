/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bdb_access.h"
#include "bdb_error.h"

/* The errno of the last system call that failed, and the file if it was open.
 */
static int failed_errno;
static char failed_path[256];

/* Berkeley DB's own words. */
static char message[512];

static void
note_errno(void)
{
	if (errno == EINTR || errno == ENOENT || errno == EEXIST)
		return;
	failed_errno = errno;
	failed_path[0] = '\0';
}

static int
noting_open(const char *path, int flags, ...)
{
	va_list arguments;
	int mode, fd;

	va_start(arguments, flags);
	mode = va_arg(arguments, int);
	va_end(arguments);
	fd = open(path, flags, mode);
	if (fd == -1) {
		note_errno();
		if (failed_errno == errno)
			snprintf(failed_path, sizeof(failed_path), "%s", path);
	}
	return fd;
}

/* Berkeley DB takes a short count from this for an error, with any errno. */
static ssize_t
write_all(int fd, const char *bytes, size_t size, off_t offset)
{
	ssize_t n;

	for (size_t done = 0; done < size; done += (size_t)n) {
		n = offset == -1 ?
		    write(fd, bytes + done, size - done) :
		    pwrite(fd, bytes + done, size - done, offset + (off_t)done);
		if (n == -1) {
			note_errno();
			return -1;
		}
	}
	return (ssize_t)size;
}

static ssize_t
noting_write(int fd, const void *buffer, size_t size)
{
	return write_all(fd, buffer, size, -1);
}

static ssize_t
noting_pwrite(int fd, const void *buffer, size_t size, off_t offset)
{
	return write_all(fd, buffer, size, offset);
}

static int
noting_fsync(int fd)
{
	int result = fsync(fd);

	if (result == -1)
		note_errno();
	return result;
}

static void *
noting_realloc(void *old, size_t size)
{
	void *memory = realloc(old, size);

	if (memory == NULL)
		note_errno();
	return memory;
}

static void *
noting_malloc(size_t size)
{
	return noting_realloc(NULL, size);
}

static void
watch_system_calls(void)
{
	db_env_set_func_malloc(noting_malloc);
	db_env_set_func_realloc(noting_realloc);
	db_env_set_func_open(noting_open);
	db_env_set_func_write(noting_write);
	db_env_set_func_pwrite(noting_pwrite);
	db_env_set_func_fsync(noting_fsync);
}

static const int resource_errnos[] = { EACCES, EAGAIN, EDQUOT, EFBIG, EIO,
	EMFILE, ENFILE, ENOMEM, ENOSPC, EPERM, EROFS };
enum { RESOURCE_ERRNOS = sizeof(resource_errnos) / sizeof(resource_errnos[0]) };

static bool
is_resource_errno(int error)
{
	for (int i = 0; i < RESOURCE_ERRNOS; i++) {
		if (resource_errnos[i] == error)
			return true;
	}
	return false;
}

bool
bdb_error_is_resource(int error)
{
	return is_resource_errno(failed_errno) || is_resource_errno(error);
}

bool
bdb_error_is_damage(int error)
{
	return error != 0 && error != BDB_ERROR_REFUSED &&
	    !bdb_error_is_resource(error);
}

int
bdb_error_refuse(const char *format, ...)
{
	va_list arguments;

	failed_errno = 0;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	return BDB_ERROR_REFUSED;
}

void
bdb_error_forget(void)
{
	failed_errno = 0;
	message[0] = '\0';
}

void
bdb_error_describe(const char *directory, int error, char *text, size_t size)
{
	const char *what = db_strerror(error);

	if (is_resource_errno(failed_errno)) {
		snprintf(text, size, "%s: %s%s",
		    failed_path[0] != '\0' ? failed_path : directory,
		    strerror(failed_errno),
		    bdb_access_cure(directory, failed_errno));
		return;
	}
	if (message[0] != '\0' && !is_resource_errno(error))
		what = message;
	snprintf(text, size, "%s: %s", directory, what);
}

/*
 * The first complaint says most; those after it are its consequences. Some
 * system calls can't be watched, but Berkeley DB reports them here.
 */
static void
keep_message(const DB_ENV *handle, const char *prefix, const char *text)
{
	(void)handle;
	(void)prefix;
	for (int i = 0; i < RESOURCE_ERRNOS; i++) {
		if (strstr(text, strerror(resource_errnos[i])) != NULL)
			failed_errno = resource_errnos[i];
	}
	if (message[0] == '\0')
		snprintf(message, sizeof(message), "%s", text);
}

bool
bdb_error_is_ahead_of_log(void)
{
	return strncmp(message, "BDB2506", 7) == 0;
}

static void
keep_quiet(const DB_ENV *handle, const char *text)
{
	(void)handle;
	(void)text;
}

int
bdb_error_new_env(DB_ENV **env)
{
	int error = db_env_create(env, 0);

	if (error != 0)
		return error;
	watch_system_calls();
	(*env)->set_errcall(*env, keep_message);
	(*env)->set_msgcall(*env, keep_quiet);
	return 0;
}

int
bdb_error_new_db(DB **db)
{
	int error = db_create(db, NULL, 0);

	if (error != 0)
		return error;
	watch_system_calls();
	(*db)->set_errcall(*db, keep_message);
	(*db)->set_msgcall(*db, keep_quiet);
	return 0;
}
