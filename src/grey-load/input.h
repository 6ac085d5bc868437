/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records from a stream in any form that grey-dump or db_dump writes. The first
 * line shows which form it is:
 *   VERSION=3     db_dump's, hexadecimal or print; it ends with DATA=END
 *   {...}         JSON, an object a line; no tabs
 *   else          fields with tabs between, a line a record
 * A last line without LF may be half of one, and is bad.
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdio.h>

#include "line.h"
#include "store/dump_text.h"

enum input_result {
	INPUT_RECORD,
	INPUT_BAD, /* see `problem`; the next call goes on after it */
	INPUT_END,
	INPUT_FAILED /* the rest can't be read: `problem` */
};

struct input {
	FILE *in;
	enum store_table table;
	const struct making *making;
	enum { INPUT_DUMP, INPUT_TSV, INPUT_JSON, INPUT_DATABASE } form;
	enum dump_line_result first; /* of reading a line, as the next */
	int error;		     /* an errno */
	unsigned long line;	     /* of the last record, or bad one */
	const char *problem;
	struct dump_text dump; /* also the buffer of other lines */
};

/* Reads the first line. making: kept by reference. */
void input_init(
    struct input *, FILE *in, enum store_table, const struct making *making);
enum input_result input_next(struct input *, struct item *);

#endif
