/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines from a file descriptor that may be a socket: it is not read while there
 * is still a whole line. A line ends with LF or CRLF, which is not part of it;
 * it may hold any other byte, NUL included. Of a longer line the first
 * LINE_MAX_LENGTH bytes are kept.
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
	LINE_ERROR /* read(2) failed, see errno */
};

struct line_reader {
	int fd;
	/* Called before each read(2), which may wait; may be NULL. */
	void (*before_wait)(void *);
	void *argument;
	bool ended;
	size_t start;
	size_t end;
	char buffer[2 * LINE_MAX_LENGTH];
};

void line_reader_init(struct line_reader *, int fd);

/* The line stays valid until the next call. */
enum line_result line_next(struct line_reader *, struct bytes *line);

#endif
