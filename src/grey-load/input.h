/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records from a stream in any form that grey-dump or db_dump writes, told by
 * its first line:
 *   VERSION=3     db_dump's, hexadecimal or print; it ends with DATA=END
 *   {...}         JSON, an object a line; no tabs
 *   else          fields with tabs between, a line a record
 * A last line without LF may be half of it, and is bad.
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdio.h>

#include "greylist/key.h"
#include "store/dump_text.h"
#include "store/store.h"

enum input_result {
	INPUT_RECORD,
	INPUT_BAD, /* `problem` tells; the next call goes on behind it */
	INPUT_END,
	INPUT_FAILED /* the rest can't be read: `problem` */
};

enum input_form { INPUT_UNKNOWN, INPUT_DUMP, INPUT_TSV, INPUT_JSON };

/* Longer than any that is stored, to name those that can't be decoded. */
#define INPUT_VALUE_MAX (64 * 1024)

/* A record as it is in the store, in the caller's memory. */
struct record {
	size_t key_len;
	size_t value_len;
	char key[KEY_MAX];
	char value[INPUT_VALUE_MAX];
};

struct input {
	FILE *in;
	enum store_table table;
	enum input_form form;
	enum dump_line_result first; /* of reading the first line */
	unsigned long line;	     /* of the last record, or bad one */
	const char *problem;
	struct dump_text dump; /* also the buffer of other lines */
};

void input_init(struct input *, FILE *in, enum store_table);
enum input_result input_next(struct input *, struct record *);

/*
 * For the forms: puts the pieces into the record's key, with a slash between,
 * or the bytes into its value. False: there is no room.
 */
bool record_set_key(struct record *, const struct bytes *pieces, size_t count);
bool record_set_value(struct record *, struct bytes value);
/* "first,last[,host]", "count,last" */
bool record_set_triplet(
    struct record *, int64_t first, int64_t last, struct bytes host);
void record_set_client(struct record *, int64_t count, int64_t last);

/* A line to a record. NULL, or why it is none, until the next call. */
const char *input_tsv(enum store_table, struct bytes line, struct record *);
const char *input_json(enum store_table, struct bytes line, struct record *);

#endif
