/* SPDX-License-Identifier: BSD-2-Clause */
#include "line.h"

void
line_reader_init(struct line_reader *reader)
{
	reader->skipping = false;
	reader->ended = false;
	reader->start = 0;
	reader->end = 0;
	reader->searched = 0;
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

char *
line_room(struct line_reader *reader, size_t *room)
{
	if (reader->start == reader->end ||
	    sizeof(reader->buffer) - reader->end < LINE_MAX_LENGTH / 2)
		move_to_front(reader);
	*room = sizeof(reader->buffer) - reader->end;
	return reader->buffer + reader->end;
}

void
line_came(struct line_reader *reader, size_t len)
{
	reader->end += len;
	if (len == 0)
		reader->ended = true;
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
	reader->searched = 0;
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

/* Drops all up to and with the next newline, keeping the front of the line. */
static enum line_result
skip_rest(struct line_reader *reader, struct bytes *line)
{
	char *rest = reader->buffer + LINE_MAX_LENGTH;
	char *newline = memchr(rest, '\n', reader->end - LINE_MAX_LENGTH);

	*line = (struct bytes){ reader->buffer, LINE_MAX_LENGTH };
	if (newline == NULL && !reader->ended) {
		reader->end = LINE_MAX_LENGTH;
		return LINE_MORE;
	}
	reader->start = newline == NULL ?
	    reader->end :
	    (size_t)(newline + 1 - reader->buffer);
	reader->skipping = false;
	return LINE_LONG;
}

enum line_result
line_next(struct line_reader *reader, struct bytes *line)
{
	const char *from = reader->buffer + reader->start + reader->searched;
	size_t there = reader->end - reader->start;
	const char *newline;

	if (reader->skipping)
		return skip_rest(reader, line);
	newline = memchr(from, '\n', there - reader->searched);
	if (newline != NULL || reader->ended)
		return take(reader, newline, line);
	reader->searched = there;
	/* With its CR, a line of LINE_MAX_LENGTH bytes has one more. */
	if (there > LINE_MAX_LENGTH + 1) {
		move_to_front(reader);
		reader->end = LINE_MAX_LENGTH;
		reader->searched = 0;
		reader->skipping = true;
	}
	return LINE_MORE;
}
