/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <byteswap.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdint.h>
#include <unistd.h>
#include <db.h>

#include "bdb_calls.h"
#include "bdb_env.h"
#include "bdb_extent.h"

const char *const bdb_extent_copies[STORE_TABLES] = { "repair.postgrey.db",
	"repair.postgrey_clients.db" };

enum {
	COPY_BYTES = 1024 * 1024, /* in one call */
	PAGE_MIN = 512,
	PAGE_MAX = 64 * 1024
};

/* The beginning of the first page, which says how many there are. */
struct first_page {
	uint32_t place[3];
	uint32_t magic;
	uint32_t version;
	uint32_t page_size;
	uint32_t type;
	uint32_t free;
	uint32_t last_page;
};

static bool
is_short(const struct first_page *page, int64_t size, uint32_t first_new)
{
	uint32_t page_size = page->page_size, last = page->last_page;

	if (page->magic == bswap_32(DB_BTREEMAGIC)) {
		page_size = bswap_32(page_size);
		last = bswap_32(last);
	} else if (page->magic != DB_BTREEMAGIC)
		return false;
	if (page_size < PAGE_MIN || page_size > PAGE_MAX)
		return false;
	return size % page_size != 0 ||
	    (size / page_size <= last && size / page_size < first_new);
}

static int
find_log(int directory_fd, const char *name, void *argument)
{
	bool *found = argument;

	(void)directory_fd;
	*found |= fnmatch(BDB_ENV_LOGS, name, 0) == 0;
	return 0;
}

/* 0 or an errno. An empty file that has logs was not made so. */
static int
look(int directory_fd, const char *name, uint32_t first_new, bool *cut)
{
	struct first_page page = { .magic = 0 };
	struct stat status;
	int error = 0, fd;
	ssize_t n;

	*cut = false;
	fd = openat(directory_fd, name, O_RDONLY | STORE_DIRECTORY_SAFELY);
	if (fd == -1)
		return errno == ENOENT || errno == ELOOP || errno == ENXIO ?
		    0 :
		    errno;
	n = fstat(fd, &status) == -1 ? -1 : 0;
	if (n == 0 && S_ISREG(status.st_mode))
		n = pread(fd, &page, sizeof(page), 0);
	if (n == -1)
		error = errno;
	close(fd);
	if (error != 0 || !S_ISREG(status.st_mode))
		return error;
	if (status.st_size < PAGE_MIN)
		return store_directory_each(directory_fd, find_log, cut);
	*cut = is_short(&page, status.st_size, first_new);
	return 0;
}

static int
open_new(int directory_fd, const char *name)
{
	return openat(directory_fd, name,
	    O_WRONLY | O_CREAT | O_TRUNC | STORE_DIRECTORY_SAFELY, 0600);
}

int
bdb_extent_copy(int directory_fd, const char *from, const char *to)
{
	int in, out, error = 0;
	ssize_t n;

	in = openat(directory_fd, from, O_RDONLY | STORE_DIRECTORY_SAFELY);
	if (in == -1)
		return errno == ENOENT ? ENOENT : bdb_calls_note(errno, from);
	out = open_new(directory_fd, to);
	do
		n = out == -1 ? -1 : sendfile(out, in, NULL, COPY_BYTES);
	while (n > 0);
	if (n == -1 || fsync(out) == -1)
		error = errno;
	close(in);
	if (out != -1)
		close(out);
	return bdb_calls_note(error, from);
}

/* It has its name when it is whole. */
static int
keep(int directory_fd, const char *name, const char *copy)
{
	static const char unfinished[] = "repair.new";
	int error;

	if (faccessat(directory_fd, copy, F_OK, 0) == 0)
		return 0;
	error = bdb_extent_copy(directory_fd, name, unfinished);
	if (error == 0 &&
	    renameat(directory_fd, unfinished, directory_fd, copy) == -1)
		error = bdb_calls_note(errno, copy);
	if (error != 0)
		(void)unlinkat(directory_fd, unfinished, 0);
	return error;
}

int
bdb_extent_keep(
    int directory_fd, const struct bdb_log_health *health, bool *cut)
{
	bool this;
	int error = 0;

	*cut = false;
	for (int i = 0; i < STORE_TABLES && error == 0; i++) {
		error = bdb_calls_note(look(directory_fd, bdb_files[i],
					   health->first_new_page[i], &this),
		    bdb_files[i]);
		if (error == 0 && this)
			error = keep(
			    directory_fd, bdb_files[i], bdb_extent_copies[i]);
		*cut |= error == 0 &&
		    faccessat(directory_fd, bdb_extent_copies[i], F_OK, 0) == 0;
	}
	return error;
}

void
bdb_extent_forget(int directory_fd)
{
	for (int i = 0; i < STORE_TABLES; i++)
		(void)unlinkat(directory_fd, bdb_extent_copies[i], 0);
}
