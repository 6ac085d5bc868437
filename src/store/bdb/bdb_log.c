/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <byteswap.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <db.h>

#include "bdb_directory.h"
#include "bdb_env.h"
#include "bdb_log.h"

/*
 * A file is a row of records, of which each has a head. The first one says
 * which format it is. Records have a type, a transaction and a place.
 */
struct head {
	uint32_t previous; /* the place of the one before, maybe in its file */
	uint32_t len;	   /* with the head */
	uint32_t sum;
};

enum {
	HEAD = sizeof(struct head),
	RECORD_MIN = HEAD + 16,
	RECORD_MAX = 256 * 1024,
	TYPE_MAX = 20000,
	SECTOR = 512, /* what is written is there in pieces of this size */
	LOGS_MAX = 100000
};

/* What a record's head must say of the one before it. */
#define ANY UINT32_MAX

struct reading {
	struct bdb_log_reader *reader;
	uint32_t number;
	struct bytes file;
	char *buffer;
	size_t size;	   /* of the buffer */
	uint32_t previous; /* the place of the last record, or ANY */
	uint32_t end;	   /* of that record */
};

/* As a product of 33 for each byte, four at a time. */
static uint32_t
sum_of(struct bytes data)
{
	enum { B1 = 33, B2 = B1 * 33, B3 = B2 * 33, B4 = B3 * 33 };
	const unsigned char *at = (const unsigned char *)data.data;
	const unsigned char *end = at + data.len;
	uint32_t sum = 0;

	for (; end - at >= 4; at += 4)
		sum = sum * B4 + (uint32_t)at[0] * B3 + (uint32_t)at[1] * B2 +
		    (uint32_t)at[2] * B1 + at[3];
	for (; at < end; at++)
		sum = sum * B1 + *at;
	return sum;
}

/* False: there is no whole record. */
static bool
read_head(struct bytes file, size_t at, struct head *head)
{
	struct bytes body;

	if (at + RECORD_MIN > file.len)
		return false;
	memcpy(head, file.data + at, sizeof(*head));
	if (head->len < RECORD_MIN || head->len > RECORD_MAX ||
	    head->len > file.len - at)
		return false;
	body = (struct bytes){ file.data + at + HEAD, head->len - HEAD };
	return (sum_of(body) ^ head->previous ^ head->len) == head->sum;
}

/* The first place from `at` on where one begins, or the file's end. */
static size_t
find_record(struct bytes file, size_t at)
{
	struct head head;
	uint32_t type;

	for (; at + RECORD_MIN <= file.len; at++) {
		memcpy(&head, file.data + at, sizeof(head));
		if (head.len < RECORD_MIN || head.len > RECORD_MAX ||
		    head.previous >= at)
			continue;
		memcpy(&type, file.data + at + HEAD, sizeof(type));
		if (type > 0 && type < TYPE_MAX && read_head(file, at, &head))
			return at;
	}
	return file.len;
}

/* Without the zeros at its end. */
static size_t
filled(struct bytes file)
{
	size_t len = file.len;

	while (len > 0 && file.data[len - 1] == '\0')
		len--;
	return len;
}

/*
 * At the end of the last file: the beginning of a record that follows the one
 * before, and then nothing, from where a sector begins.
 */
static bool
is_torn(const struct reading *reading, size_t at, size_t used)
{
	struct head head = { 0, 0, 0 };
	size_t len = reading->file.len - at;

	memcpy(&head, reading->file.data + at, len < HEAD ? len : HEAD);
	if (used >= at + HEAD && head.previous != reading->previous)
		return false;
	if (used < at + HEAD || used >= reading->file.len)
		return true;
	return (used + SECTOR - 1) / SECTOR * SECTOR < at + head.len;
}

static int
tell_gap(const struct reading *reading, size_t at, uint64_t bytes)
{
	const struct bdb_log_reader *reader = reading->reader;

	return reader->gap == NULL ?
	    0 :
	    reader->gap(reader->argument,
		bdb_log_place_of(reading->number, (uint32_t)at), bytes);
}

/* What lies between the last record and this one is missing. */
static int
tell_missing(struct reading *reading, const struct head *head, size_t at)
{
	bool known = at == 0 && head->previous > reading->end;
	uint64_t bytes = known ? head->previous - reading->end : 0;

	if (at != 0)
		return tell_gap(reading, at, bytes);
	return reading->reader->gap == NULL ?
	    0 :
	    reading->reader->gap(reading->reader->argument,
		bdb_log_place_of(reading->number - 1, reading->end), bytes);
}

static int
take_record(struct reading *reading, size_t at, const struct head *head)
{
	const struct bdb_log_reader *reader = reading->reader;
	int error = 0;

	if (reading->previous != ANY && reading->previous != head->previous)
		error = tell_missing(reading, head, at);
	reading->previous = (uint32_t)at;
	reading->end = (uint32_t)at + head->len;
	if (error != 0 || at == 0)
		return error;
	return reader->record(reader->argument,
	    bdb_log_place_of(reading->number, (uint32_t)at),
	    (struct bytes){ reading->file.data + at + HEAD, head->len - HEAD });
}

static int
take_file(struct reading *reading)
{
	bool is_last = reading->number == reading->reader->last;
	size_t at = 0, next, used = filled(reading->file);
	struct head head;
	int error = 0;

	while (at < used && error == 0) {
		if (read_head(reading->file, at, &head)) {
			error = take_record(reading, at, &head);
			at += head.len;
			continue;
		}
		next = find_record(reading->file, at + 1);
		if (next == reading->file.len && is_last &&
		    is_torn(reading, at, used))
			break;
		if (next == reading->file.len)
			next = used;
		error = tell_gap(reading, at, next - at);
		reading->previous = ANY;
		at = next;
	}
	return error;
}

/* -1: by errno; what is not a file of ours ends in EPERM. */
static int
open_log(int directory_fd, const char *name)
{
	int fd = openat(directory_fd, name, O_RDONLY | STORE_DIRECTORY_SAFELY);

	if (store_directory_distrusts(fd) == NULL)
		return fd;
	if (fd != -1)
		close(fd);
	errno = EPERM;
	return -1;
}

static int
make_room(struct reading *reading, off_t size)
{
	char *buffer;

	if (size < 0 || (uint64_t)size >= ANY)
		return EFBIG;
	if ((size_t)size <= reading->size)
		return 0;
	buffer = realloc(reading->buffer, (size_t)size);
	if (buffer == NULL)
		return ENOMEM;
	reading->buffer = buffer;
	reading->size = (size_t)size;
	return 0;
}

static int
read_all(struct reading *reading, int fd)
{
	struct stat status;
	size_t done = 0;
	ssize_t n = 1;
	int error, tries = 0;

	if (fstat(fd, &status) == -1)
		return errno;
	error = make_room(reading, status.st_size);
	while (error == 0 && n > 0 && done < (size_t)status.st_size) {
		n = pread(fd, reading->buffer + done,
		    (size_t)status.st_size - done, (off_t)done);
		if (n > 0)
			done += (size_t)n;
		if (n == -1 && store_directory_interrupted(&tries))
			n = 1;
		else if (n == -1)
			error = errno;
	}
	reading->file = (struct bytes){ reading->buffer, done };
	return error;
}

static int
read_file(struct reading *reading)
{
	char name[32];
	int fd, error;

	snprintf(name, sizeof(name), "log.%010u", reading->number);
	fd = open_log(reading->reader->directory_fd, name);
	if (fd == -1 && errno != ENOENT && errno != EPERM)
		return errno;
	if (fd == -1) {
		reading->previous = ANY;
		return errno == EPERM ? 0 : tell_gap(reading, 0, 0);
	}
	error = read_all(reading, fd);
	close(fd);
	return error == 0 ? take_file(reading) : error;
}

static int
note_number(int directory_fd, const char *name, void *argument)
{
	struct bdb_log_reader *reader = argument;
	uint32_t number;

	(void)directory_fd;
	if (fnmatch(BDB_ENV_LOGS, name, 0) != 0)
		return 0;
	number = (uint32_t)strtoul(name + strlen("log."), NULL, 10);
	if (reader->last == 0 || number < reader->first)
		reader->first = number;
	if (number > reader->last)
		reader->last = number;
	return 0;
}

static int
note_foreign(int directory_fd, const char *name, void *argument)
{
	struct {
		struct head head;
		uint32_t magic, version;
	} first = { .magic = 0 };
	bool *foreign = argument;
	ssize_t n;
	int fd, error;

	if (fnmatch(BDB_ENV_LOGS, name, 0) != 0)
		return 0;
	fd = open_log(directory_fd, name);
	if (fd == -1)
		return errno == EPERM ? 0 : errno;
	n = pread(fd, &first, sizeof(first), 0);
	error = n == -1 ? errno : 0;
	close(fd);
	*foreign |= first.magic == bswap_32(DB_LOGMAGIC) ||
	    (first.magic == DB_LOGMAGIC && first.version != DB_LOGVERSION);
	return error;
}

int
bdb_log_read(int directory_fd, struct bdb_log_reader *reader)
{
	struct reading reading = { .reader = reader, .previous = ANY };
	bool foreign = false;
	int error;

	reader->first = reader->last = 0;
	reader->directory_fd = directory_fd;
	error = store_directory_each(directory_fd, note_number, reader);
	if (error == 0)
		error = store_directory_each(
		    directory_fd, note_foreign, &foreign);
	if (foreign || reader->last == 0) {
		reader->first = reader->last = 0;
		return error;
	}
	if (reader->last - reader->first > LOGS_MAX)
		reader->first = reader->last - LOGS_MAX;
	reading.number = reader->first;
	while (error == 0) {
		error = read_file(&reading);
		if (reading.number++ == reader->last)
			break;
	}
	free(reading.buffer);
	return error;
}
