/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bdb_calls.h"
#include "bdb_error.h"
#include "store/shared/store_access.h"

/* The numbers of messages about system calls; no errno is larger. */
enum { SYSTEM_FIRST = 114, SYSTEM_LAST = 171, ERRNO_MAX = 255 };

/* Berkeley DB's own words. */
static char message[512];

/*
 * What it returns by itself for what it reads there, without that a call has
 * failed. Every other errno is one of the system's.
 */
static bool
is_of_its_own(int error)
{
	return error < 0 || error == EINVAL || error == EIO ||
	    error == ENOENT || error == EEXIST || error == EISDIR;
}

bool
bdb_error_is_resource(int error)
{
	return bdb_calls_failed() != 0 || (error != 0 && !is_of_its_own(error));
}

int
bdb_error_settle(int error)
{
	int failed = bdb_calls_failed();

	return failed == 0 || error == BDB_ERROR_REFUSED ? error : failed;
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

	bdb_calls_forget();
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	return BDB_ERROR_REFUSED;
}

void
bdb_error_say(const char *format, ...)
{
	va_list arguments;

	if (message[0] != '\0')
		return;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
}

void
bdb_error_forget(void)
{
	bdb_calls_forget();
	message[0] = '\0';
}

static void
describe_call(const char *directory, int failed, char *text, size_t size)
{
	const char *path = bdb_calls_failed_path();
	const char *reason = bdb_calls_failed_reason();

	if (*path == '\0')
		path = directory;
	if (reason != NULL)
		snprintf(text, size, "%s: %s; move it away", path, reason);
	else
		snprintf(text, size, "%s: %s%s", path, strerror(failed),
		    store_access_cure(directory, failed));
}

void
bdb_error_describe(const char *directory, int error, char *text, size_t size)
{
	const char *what = db_strerror(error);

	if (bdb_calls_failed() != 0 && error != BDB_ERROR_REFUSED) {
		describe_call(directory, bdb_calls_failed(), text, size);
		return;
	}
	if (message[0] != '\0' && !bdb_error_is_resource(error))
		what = message;
	snprintf(text, size, "%s: %s", directory, what);
}

/*
 * Calls that can't be watched are reported here, in the form "BDB0134 read:
 * ...: Input/output error"; the numbers are those of its system layer. EINVAL
 * comes of what it asked for, such as to map nothing.
 */
static int
errno_of(const char *text)
{
	const char *colon = NULL, *next = text;
	unsigned number;

	if (sscanf(text, "BDB%4u", &number) != 1 || number < SYSTEM_FIRST ||
	    number > SYSTEM_LAST)
		return 0;
	while ((next = strstr(next, ": ")) != NULL)
		colon = next += 2;
	for (int error = 1; colon != NULL && error <= ERRNO_MAX; error++) {
		if (error != EINVAL && strcmp(colon, strerror(error)) == 0)
			return error;
	}
	return 0;
}

/* The first complaint says most; those after it are its consequences. */
static void
keep_message(const DB_ENV *handle, const char *prefix, const char *text)
{
	int error = errno_of(text);

	(void)handle;
	(void)prefix;
	if (error != 0)
		bdb_calls_note(error, NULL);
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
	int error;

	bdb_calls_watch();
	error = db_env_create(env, 0);
	if (error != 0)
		return error;
	(*env)->set_errcall(*env, keep_message);
	(*env)->set_msgcall(*env, keep_quiet);
	return 0;
}

int
bdb_error_new_db(DB **db)
{
	int error;

	bdb_calls_watch();
	error = db_create(db, NULL, 0);
	if (error != 0)
		return error;
	(*db)->set_errcall(*db, keep_message);
	(*db)->set_msgcall(*db, keep_quiet);
	return 0;
}
