/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/types.h>
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "line.h"

void
line_reader_init(struct line_reader *reader, int fd)
{
	reader->fd = fd;
	reader->before_wait = NULL;
	reader->argument = NULL;
	reader->ended = false;
	reader->start = 0;
	reader->end = 0;
}

/* Reads once, to `end`. False: read(2) failed. */
static bool
fill(struct line_reader *reader)
{
	struct pollfd wait = { .fd = reader->fd, .events = POLLIN };
	ssize_t n;

	if (reader->before_wait != NULL)
		reader->before_wait(reader->argument);
	while ((n = read(reader->fd, reader->buffer + reader->end,
		    sizeof(reader->buffer) - reader->end)) == -1) {
		if ((errno == EAGAIN || errno == EWOULDBLOCK) &&
		    poll(&wait, 1, -1) != -1)
			continue;
		if (errno != EINTR)
			return false;
	}
	if (n == 0)
		reader->ended = true;
	reader->end += (size_t)n;
	return true;
}

static void
move_to_front(struct line_reader *reader)
{
	if (reader->start == 0)
		return;
	memmove(reader->buffer, reader->buffer + reader->start,
	    reader->end - reader->start);
	reader->end -= reader->start;
	reader->start = 0;
}

/* Drops all up to and with the next newline, keeping the front of the line. */
static enum line_result
skip_rest(struct line_reader *reader, struct bytes *line)
{
	char *newline;

	*line = (struct bytes){ reader->buffer, LINE_MAX_LENGTH };
	for (;;) {
		reader->end = LINE_MAX_LENGTH;
		if (!fill(reader))
			return LINE_ERROR;
		if (reader->ended) {
			reader->start = reader->end;
			return LINE_LONG;
		}
		newline = memchr(reader->buffer + LINE_MAX_LENGTH, '\n',
		    reader->end - LINE_MAX_LENGTH);
		if (newline != NULL) {
			reader->start = (size_t)(newline + 1 - reader->buffer);
			return LINE_LONG;
		}
	}
}

/* newline: where the line ends; NULL: with the input. */
static enum line_result
take(struct line_reader *reader, const char *newline, struct bytes *line)
{
	bool whole = newline != NULL;
	const char *end = whole ? newline : reader->buffer + reader->end;

	line->data = reader->buffer + reader->start;
	line->len = (size_t)(end - line->data);
	reader->start += line->len + whole;
	if (whole && line->len > 0 && line->data[line->len - 1] == '\r')
		line->len--;
	if (line->len > LINE_MAX_LENGTH) {
		line->len = LINE_MAX_LENGTH;
		return LINE_LONG;
	}
	if (whole)
		return LINE_OK;
	return line->len == 0 ? LINE_END : LINE_CUT;
}

enum line_result
line_next(struct line_reader *reader, struct bytes *line)
{
	size_t searched = 0;
	char *newline;

	for (;;) {
		newline = memchr(reader->buffer + reader->start + searched,
		    '\n', reader->end - reader->start - searched);
		if (newline != NULL || reader->ended)
			return take(reader, newline, line);
		searched = reader->end - reader->start;
		/* With its CR, a line of LINE_MAX_LENGTH bytes has one more. */
		if (searched > LINE_MAX_LENGTH + 1) {
			move_to_front(reader);
			return skip_rest(reader, line);
		}
		if (sizeof(reader->buffer) - reader->end < LINE_MAX_LENGTH / 2)
			move_to_front(reader);
		if (!fill(reader))
			return LINE_ERROR;
	}
}
