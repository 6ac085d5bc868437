/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>

#include "dump_text.h"
#include "unit.h"

/* "key=value;" for each record; put fails at the record number stop_at. */
struct seen {
	char text[200];
	size_t used;
	int records;
	int stop_at;
};

static int
put(void *argument, struct bytes key, struct bytes value)
{
	struct seen *seen = argument;

	if (++seen->records == seen->stop_at)
		return ENOSPC;
	memcpy(seen->text + seen->used, key.data, key.len);
	seen->used += key.len;
	seen->text[seen->used++] = '=';
	memcpy(seen->text + seen->used, value.data, value.len);
	seen->used += value.len;
	seen->text[seen->used++] = ';';
	return 0;
}

static int
read_text(const char *text, struct seen *seen, int stop_at)
{
	FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int result;

	*seen = (struct seen){ .stop_at = stop_at };
	if (!CHECK(in != NULL))
		return -1;
	result = dump_text_read(in, put, seen);
	fclose(in);
	return result;
}

#define HEADER "VERSION=3\nformat=bytevalue\ntype=btree\nHEADER=END\n"

static void
sections(void)
{
	struct seen seen;

	CHECK_NUMBER(
	    read_text(HEADER " 6162\n 31\n 63\n 3233\nDATA=END\n", &seen, 0),
	    0);
	CHECK_BYTES(
	    ((struct bytes){ seen.text, seen.used }), bytes_of("ab=1;c=23;"));
	CHECK_NUMBER(
	    read_text(HEADER " 61\n 31\nDATA=END\n" HEADER "DATA=END\n" HEADER
			     " 62\n 32\nDATA=END\n",
		&seen, 0),
	    0);
	CHECK_BYTES(
	    ((struct bytes){ seen.text, seen.used }), bytes_of("a=1;b=2;"));
}

static void
hex(void)
{
	struct seen seen;

	CHECK_NUMBER(
	    read_text(HEADER " 00fFFf7F\n \n \n 0a\nDATA=END\n", &seen, 0), 0);
	CHECK_BYTES(((struct bytes){ seen.text, seen.used }),
	    LITERAL("\x00\xff\xff\x7f=;=\n;"));
}

static void
bad_lines(void)
{
	struct seen seen;

	CHECK_NUMBER(read_text(HEADER " 61\n 3\n 62\n 3x\n 6\n 33\n zz\n 34\n"
				      " 65\n 35\nDATA=END\n",
			 &seen, 0),
	    0);
	CHECK_BYTES(((struct bytes){ seen.text, seen.used }), bytes_of("e=5;"));
}

static void
cut_texts(void)
{
	static const char *const rows[] = { "\n", "VERSION=3\n", HEADER,
		HEADER " 61", HEADER " 61\n", HEADER " 61\nDATA=END\n" };
	struct seen seen;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i]);
		CHECK_NUMBER(read_text(rows[i], &seen, 0), 0);
		CHECK_NUMBER(seen.records, 0);
	}
	unit_about("no header, as in some salvages");
	CHECK_NUMBER(read_text(" 61\n 31\nDATA=END\n", &seen, 0), 0);
	CHECK_BYTES(((struct bytes){ seen.text, seen.used }), bytes_of("a=1;"));
	unit_about("no newline behind the last value");
	CHECK_NUMBER(read_text(HEADER " 61\n 31", &seen, 0), 0);
	CHECK_BYTES(((struct bytes){ seen.text, seen.used }), bytes_of("a=1;"));
}

static void
stops(void)
{
	struct seen seen;

	CHECK_NUMBER(
	    read_text(HEADER " 61\n 31\n 62\n 32\n 63\n 33\nDATA=END\n" HEADER
			     " 64\n 34\nDATA=END\n",
		&seen, 2),
	    ENOSPC);
	CHECK_NUMBER(seen.records, 2);
	CHECK_BYTES(((struct bytes){ seen.text, seen.used }), bytes_of("a=1;"));
}

static void
read_errors(void)
{
	struct seen seen = { .stop_at = 0 };
	FILE *in = fopen("/", "r");

	CHECK(in != NULL);
	if (in == NULL)
		return;
	CHECK_NUMBER(dump_text_read(in, put, &seen), EIO);
	fclose(in);
}

const struct unit_test unit_dump_text[] = {
	{ "dump_text: the records of all sections come in order", sections },
	{ "dump_text: hex may hold any byte, none, and both cases", hex },
	{ "dump_text: a record with a line that is no hex is passed over",
	    bad_lines },
	{ "dump_text: what is cut has no half records", cut_texts },
	{ "dump_text: an error of the receiver ends it", stops },
	{ "dump_text: a failing read is an error", read_errors }, { NULL, NULL }
};
