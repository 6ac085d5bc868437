/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/mman.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bdb_directory.h"
#include "bdb_env.h"
#include "bdb_log_records.h"

/*
 * A file is a row of records, each with a head of three numbers: the place of
 * the one before, its length with the head, and a checksum. They begin with the
 * type, the transaction and the place of that one's last record.
 */
enum { HEAD = 12 };

/* Types of records, and of an operation and a page in them. */
enum {
	REGISTER = 2,
	ADD_OR_REMOVE = 41,
	SPLIT = 62,
	OPERATION_SHIFT = 8,
	ADD = 1,
	LEAF = 5,
	BYTES = 1
};

/* Of a page. */
enum { ENTRIES_AT = 20, TYPE_AT = 25, ITEMS_AT = 26, ITEM_HEAD = 3 };

enum { LOGS_MAX = 100000, FILES_MAX = 64 };

struct scan {
	enum store_table table;
	int (*put)(void *argument, struct bytes key, struct bytes value);
	void *argument;
	uint32_t first, last; /* numbers of the log files */
	bool ours[FILES_MAX]; /* by the numbers that the log gives to files */
	/* A key that was added and whose value is to follow. */
	struct bytes key;
	uint32_t key_transaction, key_page, key_index;
};

/* What is left of a record. */
struct cursor {
	struct bytes left;
	bool good;
};

static uint32_t
number(struct cursor *cursor)
{
	uint32_t value = 0;

	cursor->good = cursor->good && cursor->left.len >= sizeof(value);
	if (!cursor->good)
		return 0;
	memcpy(&value, cursor->left.data, sizeof(value));
	cursor->left.data += sizeof(value);
	cursor->left.len -= sizeof(value);
	return value;
}

static void
skip(struct cursor *cursor, int numbers)
{
	while (numbers-- > 0)
		(void)number(cursor);
}

static struct bytes
counted_bytes(struct cursor *cursor)
{
	struct bytes bytes = { cursor->left.data, number(cursor) };

	cursor->good = cursor->good && bytes.len <= cursor->left.len;
	if (!cursor->good)
		return (struct bytes){ NULL, 0 };
	bytes.data = cursor->left.data;
	cursor->left.data += bytes.len;
	cursor->left.len -= bytes.len;
	return bytes;
}

static void
take_register(struct scan *scan, struct cursor *cursor)
{
	const char *file = bdb_files[scan->table];
	struct bytes name;
	uint32_t number_of_file;

	skip(cursor, 1);
	name = counted_bytes(cursor);
	(void)counted_bytes(cursor);
	number_of_file = number(cursor);
	if (cursor->good && number_of_file < FILES_MAX)
		scan->ours[number_of_file] = bytes_equal(
		    name, (struct bytes){ file, strlen(file) + 1 });
}

static int
take_added(struct scan *scan, struct cursor *cursor, uint32_t transaction)
{
	uint32_t operation = number(cursor), file = number(cursor);
	uint32_t page = number(cursor), index = number(cursor);
	struct bytes key = scan->key, data;

	skip(cursor, 1);
	(void)counted_bytes(cursor);
	data = counted_bytes(cursor);
	scan->key.len = 0;
	if (!cursor->good || operation >> OPERATION_SHIFT != ADD ||
	    file >= FILES_MAX || !scan->ours[file])
		return 0;
	if (index % 2 == 1)
		return key.len > 0 && scan->key_page == page &&
			scan->key_index + 1 == index &&
			scan->key_transaction == transaction ?
		    scan->put(scan->argument, key, data) :
		    0;
	scan->key = data;
	scan->key_transaction = transaction;
	scan->key_page = page;
	scan->key_index = index;
	return 0;
}

/* False: there is none of this index, or it is not one of bytes. */
static bool
item_of(struct bytes page, uint16_t index, struct bytes *item)
{
	uint16_t at, len;

	memcpy(&at, page.data + ITEMS_AT + index * sizeof(at), sizeof(at));
	if (at + (size_t)ITEM_HEAD > page.len)
		return false;
	memcpy(&len, page.data + at, sizeof(len));
	*item = (struct bytes){ page.data + at + ITEM_HEAD, len };
	return page.data[at + 2] == BYTES &&
	    at + (size_t)ITEM_HEAD + len <= page.len;
}

static int
take_split(struct scan *scan, struct cursor *cursor)
{
	uint32_t file = number(cursor);
	struct bytes page, key, value;
	uint16_t entries;
	int error = 0;

	skip(cursor, 15);
	page = counted_bytes(cursor);
	if (!cursor->good || file >= FILES_MAX || !scan->ours[file] ||
	    page.len < ITEMS_AT || page.data[TYPE_AT] != LEAF)
		return 0;
	memcpy(&entries, page.data + ENTRIES_AT, sizeof(entries));
	if (ITEMS_AT + entries * sizeof(entries) > page.len)
		return 0;
	for (uint16_t i = 0; i + 1 < entries && error == 0; i += 2) {
		if (item_of(page, i, &key) &&
		    item_of(page, (uint16_t)(i + 1), &value))
			error = scan->put(scan->argument, key, value);
	}
	return error;
}

static int
take_record(struct scan *scan, struct bytes record)
{
	struct cursor cursor = { record, true };
	uint32_t type = number(&cursor), transaction = number(&cursor);

	skip(&cursor, 2);
	switch (cursor.good ? type : 0) {
	case REGISTER:
		take_register(scan, &cursor);
		return 0;
	case ADD_OR_REMOVE:
		return take_added(scan, &cursor, transaction);
	case SPLIT:
		return take_split(scan, &cursor);
	default:
		return 0;
	}
}

static int
take_file(struct scan *scan, struct bytes file)
{
	uint32_t len;
	int error = 0;

	scan->key.len = 0;
	for (size_t at = 0; at + HEAD < file.len && error == 0; at += len) {
		memcpy(&len, file.data + at + sizeof(len), sizeof(len));
		if (len <= HEAD || len > file.len - at)
			break;
		error = take_record(
		    scan, (struct bytes){ file.data + at + HEAD, len - HEAD });
	}
	return error;
}

static int
read_file(struct scan *scan, int directory_fd, uint32_t log)
{
	struct stat status;
	char name[32];
	void *data;
	int error = 0, fd;

	snprintf(name, sizeof(name), "log.%010u", log);
	fd = openat(directory_fd, name, O_RDONLY | BDB_DIRECTORY_SAFELY);
	if (fd == -1)
		return errno == ENOENT ? 0 : errno;
	if (fstat(fd, &status) == -1)
		error = errno;
	if (error == 0 && status.st_size > 0) {
		data = mmap(NULL, (size_t)status.st_size, PROT_READ,
		    MAP_PRIVATE, fd, 0);
		error = data == MAP_FAILED ?
		    errno :
		    take_file(
			scan, (struct bytes){ data, (size_t)status.st_size });
		if (data != MAP_FAILED)
			munmap(data, (size_t)status.st_size);
	}
	close(fd);
	return error;
}

static int
note_number(int directory_fd, const char *name, void *argument)
{
	struct scan *scan = argument;
	uint32_t log;

	(void)directory_fd;
	if (fnmatch(BDB_ENV_LOGS, name, 0) != 0)
		return 0;
	log = (uint32_t)strtoul(name + strlen("log."), NULL, 10);
	if (scan->last == 0 || log < scan->first)
		scan->first = log;
	if (log > scan->last)
		scan->last = log;
	return 0;
}

int
bdb_log_records(int directory_fd, enum store_table table,
    int (*put)(void *argument, struct bytes key, struct bytes value),
    void *argument)
{
	struct scan scan = { .table = table, .put = put, .argument = argument };
	int error = bdb_directory_each(directory_fd, note_number, &scan);

	if (scan.last > scan.first && scan.last - scan.first > LOGS_MAX)
		scan.first = scan.last - LOGS_MAX;
	for (uint32_t log = scan.first;
	     error == 0 && scan.last != 0 && log <= scan.last && log != 0;
	     log++)
		error = read_file(&scan, directory_fd, log);
	return error;
}
