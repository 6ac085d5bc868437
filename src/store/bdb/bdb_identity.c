/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "bdb_calls.h"
#include "bdb_error.h"
#include "bdb_identity.h"
#include "bdb_log_parse.h"
#include "common/msg.h"

/* The beginning of the first page. */
struct first_page {
	uint32_t place[3];
	uint32_t magic;
	uint32_t version;
	uint32_t page_size;
	uint32_t others[7];
	unsigned char id[DB_FILE_ID_LEN];
};

/* A search for a page that the file has as the log left it. */
struct search {
	int table, fd;
	uint32_t page_size;
	struct bdb_log_files files;
	bool found;
};

enum { SEARCH_ENDS = -1 };

/* A page whose positions were reset has a place before all files. */
static bool
is_as_logged(const struct search *search, uint32_t page, bdb_log_place before,
    bdb_log_place after)
{
	uint32_t place[2];
	bdb_log_place is;

	if (pread(search->fd, place, sizeof(place),
		(off_t)page * search->page_size) != sizeof(place))
		return false;
	is = bdb_log_place_of(place[0], place[1]);
	return bdb_log_file_of(is) > 0 && (is == before || is == after);
}

static int
compare_page(void *argument, bdb_log_place place, struct bytes record)
{
	struct search *search = argument;
	struct bdb_log_cursor cursor = { record, true };
	uint32_t type = bdb_log_number(&cursor), page;
	bdb_log_place before;
	struct bytes id;
	int table;

	bdb_log_skip(&cursor, 3);
	if (type == BDB_LOG_REGISTER)
		(void)bdb_log_files_register(&search->files, &cursor, &id);
	if (type != BDB_LOG_ADD_OR_REMOVE && type != BDB_LOG_REPLACE)
		return 0;
	if (type == BDB_LOG_ADD_OR_REMOVE)
		bdb_log_skip(&cursor, 1);
	table = bdb_log_table(&search->files, bdb_log_number(&cursor));
	page = bdb_log_number(&cursor);
	if (type == BDB_LOG_ADD_OR_REMOVE) {
		bdb_log_skip(&cursor, 2);
		(void)bdb_log_bytes(&cursor);
		(void)bdb_log_bytes(&cursor);
	}
	before = bdb_log_read_place(&cursor);
	search->found = cursor.good && table == search->table &&
	    is_as_logged(search, page, before, place);
	return search->found ? SEARCH_ENDS : 0;
}

static int
find_page(struct search *search, int directory_fd)
{
	struct bdb_log_reader reader = { .record = compare_page,
		.argument = search };
	int error;

	bdb_log_files_init(&search->files);
	error = bdb_log_read(directory_fd, &reader);
	return error == SEARCH_ENDS ? 0 : error;
}

static int
restore(const struct bdb *bdb, int fd, const char *name,
    const unsigned char id[static DB_FILE_ID_LEN])
{
	if (bdb->options->read_only)
		return bdb_error_refuse("%s has a damaged id; the next program "
					"that writes repairs it, such as "
					"grey-expire",
		    name);
	if (pwrite(fd, id, DB_FILE_ID_LEN, offsetof(struct first_page, id)) !=
		DB_FILE_ID_LEN ||
	    fsync(fd) == -1)
		return bdb_calls_note(errno, name);
	msg(MSG_ERROR,
	    "%s/%s: its id was damaged, and is again what the logs say",
	    bdb->directory.path, name);
	return 0;
}

static int
check_file(const struct bdb *bdb, int fd, enum store_table table,
    const unsigned char *id, bool *foreign)
{
	struct search search = { .table = (int)table, .fd = fd };
	struct first_page first;
	ssize_t n = pread(fd, &first, sizeof(first), 0);
	int error;

	if (n == -1)
		return bdb_calls_note(errno, bdb_files[table]);
	if (n != sizeof(first) || first.magic != DB_BTREEMAGIC ||
	    memcmp(first.id, id, sizeof(first.id)) == 0)
		return 0;
	search.page_size = first.page_size;
	error = bdb_calls_note(find_page(&search, bdb->directory.fd), NULL);
	if (error == 0 && search.found)
		return restore(bdb, fd, bdb_files[table], id);
	*foreign |= error == 0;
	return error;
}

int
bdb_identity_check(
    const struct bdb *bdb, const struct bdb_log_health *health, bool *foreign)
{
	int error = 0;

	*foreign = false;
	for (int i = 0; i < STORE_TABLES && error == 0; i++) {
		int fd = health->has_id[i] ?
		    openat(bdb->directory.fd, bdb_files[i],
			(bdb->options->read_only ? O_RDONLY : O_RDWR) |
			    STORE_DIRECTORY_SAFELY) :
		    -1;

		/* What can't be opened is for the recovery to complain of. */
		if (fd == -1)
			continue;
		if (store_directory_distrusts(fd) == NULL)
			error = check_file(bdb, fd, (enum store_table)i,
			    health->id[i], foreign);
		close(fd);
	}
	return error;
}
