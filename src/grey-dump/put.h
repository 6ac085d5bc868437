/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Standard output, and the pieces that the forms are made of. There may be
 * millions of them, so they are gathered here, and not by stdio. An error is
 * left for the end, see ferror(3).
 */
#ifndef PUT_H
#define PUT_H

#include <stdint.h>

#include "common/bytes.h"

extern struct put {
	size_t used;
	char bytes[256 * 1024];
} put;

/* Writes what has been gathered. */
void put_flush(void);

/* How many bytes at the front are printable ASCII, and not a backslash. */
size_t put_plain_run(struct bytes);

static inline void
put_char(char c)
{
	if (put.used == sizeof(put.bytes))
		put_flush();
	put.bytes[put.used++] = c;
}

void put_bytes(struct bytes);
void put_blanks(size_t count);

static inline void
put_text(const char *text)
{
	put_bytes(bytes_of(text));
}

/* A decimal, from 0 to NUM_MAX. */
void put_number(int64_t);

#endif
