/* SPDX-License-Identifier: BSD-2-Clause */
#include <byteswap.h>
#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>
#include <db.h>

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

/* NULL: it has none, or can't be read, which shows elsewhere. */
static const struct format *
read_format(int directory, const char *name, uint32_t *version)
{
	const struct format *format;
	struct head head = { 0, 0 };
	int fd = openat(
	    directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t n;

	if (fd == -1)
		return NULL;
	n = pread(fd, &head, sizeof(head), HEAD_AT);
	close(fd);
	if (n != sizeof(head))
		return NULL;
	format = find_format(head.magic);
	*version = head.version;
	if (format == NULL) {
		format = find_format(bswap_32(head.magic));
		*version = bswap_32(head.version);
	}
	return format;
}

#define HERE "Berkeley DB %d.%d.%d, which this program uses, reads"
#define VERSION_HERE DB_VERSION_MAJOR, DB_VERSION_MINOR, DB_VERSION_PATCH

static int
check_file(int directory, const char *name)
{
	uint32_t version = 0;
	const struct format *format = read_format(directory, name, &version);

	if (format == NULL)
		return 0;
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
check_logs(int directory_fd)
{
	int fd = openat(directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int error = 0;

	if (directory == NULL) {
		if (fd != -1)
			close(fd);
		return 0;
	}
	while (error == 0 && (entry = readdir(directory)) != NULL) {
		if (fnmatch(BDB_ENV_LOGS, entry->d_name, 0) == 0)
			error = check_file(directory_fd, entry->d_name);
	}
	closedir(directory);
	return error;
}

int
bdb_format_check(int directory_fd)
{
	int error = 0;

	for (int i = 0; i < STORE_TABLES && error == 0; i++)
		error = check_file(directory_fd, bdb_files[i]);
	return error == 0 ? check_logs(directory_fd) : error;
}
