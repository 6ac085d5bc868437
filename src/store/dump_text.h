/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records in the text form of db_dump(1), grey-dump and
 * DB->verify(DB_SALVAGE): a header up to HEADER=END, then a line for the key
 * and one for the value, each a space and hexadecimal digits, or with
 * format=print in the header printable bytes as they are, others as \xx and a
 * backslash as two, up to DATA=END. Such sections may follow one another.
 */
#ifndef DUMP_TEXT_H
#define DUMP_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "common/bytes.h"

/* A longer line is not read as a record. */
#define DUMP_TEXT_LINE_MAX (128 * 1024)

enum dump_text_result {
	DUMP_TEXT_RECORD,
	DUMP_TEXT_BAD,	/* see `problem`; the next call goes on after it */
	DUMP_TEXT_END,	/* after a DATA=END, or of an empty input */
	DUMP_TEXT_CUT,	/* the input ended before DATA=END */
	DUMP_TEXT_ERROR /* reading failed, see errno */
};

enum dump_line_result {
	DUMP_LINE_WHOLE,
	DUMP_LINE_TOO_LONG, /* the rest of it was skipped */
	DUMP_LINE_CUT,	    /* the input ended before its LF */
	DUMP_LINE_NONE	    /* the input ended; or ferror(3) */
};

struct dump_line {
	char text[DUMP_TEXT_LINE_MAX];
	size_t len;
};

struct dump_text {
	FILE *in;
	bool print;
	bool begun; /* a section that has not ended yet */
	bool in_data;
	bool has_key;	    /* read already */
	unsigned long line; /* of the key of the last record, or bad one */
	unsigned long lines;
	const char *problem;
	struct dump_line key;
	struct dump_line value;
};

void dump_text_init(struct dump_text *, FILE *in);
/* The first line of a header was read already, to see what this is. */
void dump_text_begun(struct dump_text *);

/* The bytes stay valid until the next call. */
enum dump_text_result dump_text_next(
    struct dump_text *, struct bytes *key, struct bytes *value);

/* A line as it is, without its LF. */
enum dump_line_result dump_text_line(FILE *in, struct dump_line *);

#endif
