/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <archive.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "source_decoder.h"
#include "source_input.h"
#include "source_kind.h"

const char *
source_input_open(struct source_input *input, const char *name,
    source_wait *wait, void *argument)
{
	struct stat status;
	const char *why = NULL;

	*input = (struct source_input){ .wait = wait, .argument = argument };
	if (strcmp(name, "-") != 0)
		input->fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (input->fd == -1)
		return errno == EACCES ?
		    "permission denied: run as root, or as a user who may "
		    "read it" :
		    strerror(errno);
	if (fstat(input->fd, &status) == -1)
		why = strerror(errno);
	else if (S_ISDIR(status.st_mode))
		why = "is a directory: name the files in it";
	if (why != NULL) {
		source_input_close(input);
		return why;
	}
	input->regular = S_ISREG(status.st_mode);
	input->changed = input->regular ? status.st_mtime : time(NULL);
	if (input->regular)
		(void)posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return NULL;
}

/*
 * read(2) has failed. True: it was interrupted, or the descriptor does not
 * block and was waited for.
 */
static bool
may_read_again(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return poll(&wait, 1, -1) != -1 || errno == EINTR;
	return errno == EINTR;
}

/* As read(2), and sets the text of a failure. */
static ssize_t
read_raw(struct source_input *input, char *out, size_t room)
{
	ssize_t n;

	if (input->ended)
		return 0;
	do {
		if (!input->regular && input->wait != NULL &&
		    !input->wait(input->argument, input->fd)) {
			input->stopped = true;
			input->ended = true;
			return 0;
		}
		n = read(input->fd, out, room);
	} while (n == -1 && may_read_again(input->fd));
	if (n == -1)
		snprintf(input->error, sizeof(input->error),
		    "can't be read any further: %s", strerror(errno));
	input->ended = n <= 0;
	return n;
}

static size_t
read_plain(struct source_input *input, char *out, size_t room)
{
	ssize_t n = read_raw(input, out, room);

	if (n > 0)
		return (size_t)n;
	input->finished = n == 0 ? SOURCE_END : SOURCE_FAILED;
	return 0;
}

static la_ssize_t
give_raw(struct archive *archive, void *argument, const void **block)
{
	struct source_input *input = argument;
	ssize_t n = (ssize_t)input->peeked;

	(void)archive;
	*block = input->raw;
	input->peeked = 0;
	if (n == 0)
		n = read_raw(input, input->raw, SOURCE_READ_SIZE);
	if (n > 0)
		input->given += n;
	return n;
}

/* libzstd's words; it refuses windows of more than 128 MiB. */
#define ZSTD_TOO_LARGE "too much memory"

/* An archive that lacks its end because of the wait is not broken. */
static void
fail_archive(struct source_input *input, const char *reason)
{
	if (reason != NULL &&
	    (reason == source_too_large || strstr(reason, ZSTD_TOO_LARGE)))
		snprintf(
		    input->error, sizeof(input->error), "%s", source_too_large);
	if (input->error[0] == '\0')
		snprintf(input->error, sizeof(input->error),
		    "broken archive (%s), read as far as it goes: "
		    "get a whole copy of it",
		    reason != NULL ? reason : "damaged or cut off");
	input->finished = input->stopped ? SOURCE_END : SOURCE_FAILED;
}

/* For libarchive a bz2 member whose beginning is broken is the end. */
static void
end_archive(struct source_input *input)
{
	input->finished = SOURCE_END;
	if (archive_filter_bytes(input->archive, -1) < input->given)
		fail_archive(input, "no archive any more at its end");
}

static bool
begin_archive(struct source_input *input)
{
	input->archive = archive_read_new();
	if (input->archive == NULL) {
		snprintf(input->error, sizeof(input->error), "out of memory");
		return false;
	}
	archive_read_support_filter_bzip2(input->archive);
	archive_read_support_filter_zstd(input->archive);
	archive_read_support_format_raw(input->archive);
	archive_read_support_format_empty(input->archive);
	return archive_read_open(input->archive, input, NULL, give_raw, NULL) ==
	    ARCHIVE_OK;
}

static void
open_archive(struct source_input *input)
{
	struct archive_entry *entry;
	const char *reason = NULL;
	int result = ARCHIVE_FATAL;

	if (begin_archive(input))
		result = archive_read_next_header(input->archive, &entry);
	if (input->archive != NULL && archive_errno(input->archive) != 0) {
		reason = archive_error_string(input->archive);
		result = ARCHIVE_FATAL;
	}
	/* Without a filter libarchive takes it for no compressed file. */
	if (result < ARCHIVE_OK ||
	    archive_filter_code(input->archive, 0) == ARCHIVE_FILTER_NONE)
		fail_archive(input, reason);
	else if (result == ARCHIVE_EOF)
		end_archive(input);
}

static void
open_compressed(
    struct source_input *input, struct bytes front, enum source_kind kind)
{
	input->compressed = true;
	input->raw = malloc(SOURCE_READ_SIZE);
	if (kind != SOURCE_ARCHIVE)
		input->decoder = kind == SOURCE_GZIP ? source_gzip_new() :
						       source_xz_new();
	if (input->raw == NULL ||
	    (kind != SOURCE_ARCHIVE && input->decoder == NULL)) {
		snprintf(input->error, sizeof(input->error), "out of memory");
		input->finished = SOURCE_FAILED;
		return;
	}
	memcpy(input->raw, front.data, front.len);
	input->peeked = front.len;
	if (kind == SOURCE_ARCHIVE)
		open_archive(input);
}

static void
feed_decoder(struct source_input *input)
{
	const void *data;
	ssize_t n = give_raw(NULL, input, &data);

	if (n > 0)
		input->block = (struct bytes){ data, (size_t)n };
	else if (n == 0 && input->decoder->whole)
		input->finished = SOURCE_END;
	else
		fail_archive(input, "truncated input");
}

static size_t
read_decoder(struct source_input *input, char *out, size_t room)
{
	const char *why;
	size_t n = 0;

	while (n == 0 && input->finished == SOURCE_OK) {
		if (input->block.len == 0)
			feed_decoder(input);
		if (input->block.len == 0)
			break;
		why = input->decoder->decode(
		    input->decoder, &input->block, out, room, &n);
		if (why != NULL)
			fail_archive(input, why);
	}
	return n;
}

/*
 * Not archive_read_data(): that waits until all the room is filled, and keeps
 * to itself what it had got before a failure.
 */
static size_t
read_archive(struct source_input *input, char *out, size_t room)
{
	const void *data;
	la_int64_t offset;
	size_t n;
	int result;

	while (input->block.len == 0) {
		result = archive_read_data_block(
		    input->archive, &data, &n, &offset);
		if (result == ARCHIVE_EOF) {
			end_archive(input);
			return 0;
		}
		if (result != ARCHIVE_OK) {
			fail_archive(
			    input, archive_error_string(input->archive));
			return 0;
		}
		input->block = (struct bytes){ data, n };
	}
	n = input->block.len < room ? input->block.len : room;
	memcpy(out, input->block.data, n);
	input->block = bytes_from(input->block, n);
	return n;
}

/*
 * Reads no more than it takes to know what the input is. Returns how much of it
 * is plain.
 */
static size_t
identify(struct source_input *input, char *out)
{
	enum source_kind kind = SOURCE_UNDECIDED;
	size_t len = 0, n;

	input->identified = true;
	while (kind == SOURCE_UNDECIDED) {
		n = read_plain(input, out + len, SOURCE_READ_SIZE - len);
		if (n == 0)
			break;
		len += n;
		kind = source_kind((struct bytes){ out, len });
	}
	if (kind == SOURCE_PLAIN || kind == SOURCE_UNDECIDED)
		return len;
	open_compressed(input, (struct bytes){ out, len }, kind);
	return 0;
}

enum source_result
source_input_read(struct source_input *input, char *out, size_t *count)
{
	*count = input->identified ? 0 : identify(input, out);
	if (*count == 0 && input->finished == SOURCE_OK)
		*count = input->decoder != NULL ?
		    read_decoder(input, out, SOURCE_READ_SIZE) :
		    input->archive != NULL ?
		    read_archive(input, out, SOURCE_READ_SIZE) :
		    read_plain(input, out, SOURCE_READ_SIZE);
	return *count > 0 ? SOURCE_OK : input->finished;
}

void
source_input_close(struct source_input *input)
{
	if (input->decoder != NULL)
		input->decoder->free(input->decoder);
	archive_read_free(input->archive);
	free(input->raw);
	if (input->fd != STDIN_FILENO)
		close(input->fd);
}
