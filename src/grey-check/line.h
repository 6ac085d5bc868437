/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines from bytes that come in pieces, of any size. A line ends with LF or
 * CRLF, which is not part of it; it may hold any other byte, NUL included. Of a
 * longer line the first LINE_MAX_LENGTH bytes are kept.
 */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/bytes.h"

#define LINE_MAX_LENGTH 4096

enum line_result {
	LINE_OK,   /* a whole line */
	LINE_LONG, /* the front of a longer line, whose rest was dropped */
	LINE_CUT,  /* the input ended inside a line: this much came of it */
	LINE_END,  /* the input ended */
	LINE_MORE  /* there is no whole line yet */
};

struct line_reader {
	bool skipping; /* the rest of a long line, whose front is kept */
	bool ended;
	size_t start;
	size_t end;
	size_t searched; /* no line ends in so many bytes from start on */
	char buffer[2 * LINE_MAX_LENGTH];
};

void line_reader_init(struct line_reader *);

/*
 * After LINE_MORE: where the next bytes go, and how many, which are some; then
 * line_came() says how many there are, 0: the input has ended.
 */
char *line_room(struct line_reader *, size_t *room);
void line_came(struct line_reader *, size_t len);

/* The line stays valid until the next call, of this or of line_room(). */
enum line_result line_next(struct line_reader *, struct bytes *line);

/* Nothing is kept of what came. */
static inline bool
line_is_empty(const struct line_reader *reader)
{
	return reader->start == reader->end && !reader->skipping;
}

#endif
