/* SPDX-License-Identifier: BSD-2-Clause */
#include <byteswap.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>
#include <db.h>

#include "bdb_calls.h"
#include "bdb_directory.h"
#include "bdb_env.h"
#include "bdb_error.h"
#include "bdb_format.h"

/*
 * Databases and log files both begin with 12 bytes of something else, then
 * these two, in the order of bytes of the machine that wrote them.
 */
enum { HEAD_AT = 12 };

struct head {
	uint32_t magic;
	uint32_t version;
};

/* A version that is even newer is damage. */
enum { NEWER_MAX = 40 };

static const struct format {
	uint32_t magic;
	uint32_t version; /* that is written here */
	bool oldest;	  /* ... and the oldest that can be used as it is */
	const char *name;
} formats[] = {
	{ DB_BTREEMAGIC, DB_BTREEVERSION, true, "btree" },
	{ DB_HASHMAGIC, DB_HASHVERSION, false, "hash" },
	{ DB_QAMMAGIC, DB_QAMVERSION, false, "queue" },
	{ DB_HEAPMAGIC, DB_HEAPVERSION, false, "heap" },
	{ DB_LOGMAGIC, DB_LOGVERSION, false, "log" },
};

static const struct format *
find_format(uint32_t magic)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (formats[i].magic == magic)
			return &formats[i];
	}
	return NULL;
}

/* 0 or an errno. *format NULL: it has none, as what is not there has not. */
static int
read_format(int directory, const char *name, const struct format **format,
    uint32_t *version)
{
	struct head head = { 0, 0 };
	int error,
	    fd = openat(directory, name, O_RDONLY | STORE_DIRECTORY_SAFELY);
	ssize_t n;

	*format = NULL;
	if (fd == -1)
		return errno == ENOENT || errno == ELOOP || errno == ENXIO ?
		    0 :
		    errno;
	n = pread(fd, &head, sizeof(head), HEAD_AT);
	error = errno;
	close(fd);
	if (n == -1 && error != EISDIR && error != ESPIPE && error != EINVAL)
		return error;
	if (n != sizeof(head))
		return 0;
	*format = find_format(head.magic);
	*version = head.version;
	if (*format == NULL) {
		*format = find_format(bswap_32(head.magic));
		*version = bswap_32(head.version);
	}
	return 0;
}

#define HERE "Berkeley DB %d.%d.%d, which this program uses, reads"
#define VERSION_HERE DB_VERSION_MAJOR, DB_VERSION_MINOR, DB_VERSION_PATCH

static int
check_file(int directory, const char *name)
{
	uint32_t version = 0;
	const struct format *format;
	int error = read_format(directory, name, &format, &version);

	if (error != 0 || format == NULL)
		return bdb_calls_note(error, name);
	if (version > format->version && version <= format->version + NEWER_MAX)
		return bdb_error_refuse(
		    "%s is of a newer format, %s version %u (" HERE " up to "
		    "%u): another program wrote it, with Berkeley DB 6 or "
		    "later. Nothing was changed. Dump the databases with that "
		    "one's db_dump -p, move the store away, and bring the "
		    "records into a new one with grey-load",
		    name, format->name, version, VERSION_HERE, format->version);
	if (format->oldest && version > 0 && version < format->version)
		return bdb_error_refuse(
		    "%s is of an older format, %s version %u (" HERE " from %u "
		    "on). Nothing was changed. Run db_upgrade of this version "
		    "of Berkeley DB on it",
		    name, format->name, version, VERSION_HERE, format->version);
	return 0;
}

static int
check_log(int directory_fd, const char *name, void *argument)
{
	(void)argument;
	return fnmatch(BDB_ENV_LOGS, name, 0) == 0 ?
	    check_file(directory_fd, name) :
	    0;
}

int
bdb_format_check(int directory_fd)
{
	int error = 0;

	for (int i = 0; i < STORE_TABLES && error == 0; i++)
		error = check_file(directory_fd, bdb_files[i]);
	if (error != 0)
		return error;
	error = store_directory_each(directory_fd, check_log, NULL);
	return error > 0 ? bdb_calls_note(error, NULL) : error;
}
