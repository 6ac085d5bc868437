/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "store/dump_text.h"
#include "unit.h"

/* "key=value;" for each record, "LINE: problem;" for each that is bad. */
struct seen {
	char text[400];
	size_t used;
	int records;
};

static void
add(struct seen *seen, struct bytes bytes)
{
	memcpy(seen->text + seen->used, bytes.data, bytes.len);
	seen->used += bytes.len;
}

static enum dump_text_result
read_all(FILE *in, struct seen *seen)
{
	static struct dump_text dump;
	enum dump_text_result result;
	struct bytes key, value;
	char line[32];

	*seen = (struct seen){ .used = 0 };
	dump_text_init(&dump, in);
	for (;;) {
		result = dump_text_next(&dump, &key, &value);
		if (result == DUMP_TEXT_RECORD) {
			add(seen, key);
			add(seen, bytes_of("="));
			add(seen, value);
			seen->records++;
		} else if (result == DUMP_TEXT_BAD) {
			snprintf(line, sizeof(line), "%lu: ", dump.line);
			add(seen, bytes_of(line));
			add(seen, bytes_of(dump.problem));
		} else
			return result;
		add(seen, bytes_of(";"));
	}
}

static enum dump_text_result
read_text(const char *text, struct seen *seen)
{
	FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	enum dump_text_result result;

	if (!CHECK(in != NULL))
		return DUMP_TEXT_ERROR;
	result = read_all(in, seen);
	fclose(in);
	return result;
}

/* The text ends like this, and these records and problems are seen. */
static void
reads(const char *text, enum dump_text_result end, struct bytes want)
{
	struct seen seen;

	unit_about(text);
	CHECK_NUMBER(read_text(text, &seen), end);
	CHECK_BYTES(((struct bytes){ seen.text, seen.used }), want);
	unit_about(NULL);
}

#define HEADER "VERSION=3\nformat=bytevalue\ntype=btree\nHEADER=END\n"

#define PRINT "VERSION=3\nformat=print\ntype=btree\nHEADER=END\n"

static void
sections(void)
{
	reads(HEADER " 6162\n 31\n 63\n 3233\nDATA=END\n", DUMP_TEXT_END,
	    bytes_of("ab=1;c=23;"));
	reads(HEADER " 61\n 31\nDATA=END\n" HEADER "DATA=END\n" PRINT
		     " b\n 2\nDATA=END\n" HEADER " 63\n 33\nDATA=END\n",
	    DUMP_TEXT_END, bytes_of("a=1;b=2;c=3;"));
	reads(" 61\n 31\nDATA=END\n", DUMP_TEXT_END, bytes_of("a=1;"));
}

static void
hex(void)
{
	reads(HEADER " 00fFFf7F\n \n \n 0a\nDATA=END\n", DUMP_TEXT_END,
	    LITERAL("\x00\xff\xff\x7f=;=\n;"));
}

static void
print(void)
{
	reads(PRINT " a\\\\b\\00c\n \\fF~\n \n  \nDATA=END\n", DUMP_TEXT_END,
	    LITERAL("a\\b\0c=\xff~;= ;"));
}

#define NO_HEX "is not made of pairs of hexadecimal digits;"
#define NO_ESCAPE "has a backslash without two hexadecimal digits;"

static void
bad_lines(void)
{
	reads(HEADER " 61\n 3\n 62\n 3x\n 6\n 33\n zz\n 34\n"
		     " 65\n 35\nDATA=END\n",
	    DUMP_TEXT_END,
	    bytes_of(
		"6: " NO_HEX "8: " NO_HEX "9: " NO_HEX "11: " NO_HEX "e=5;"));
	reads(PRINT " a\\\n b\n c\n \\4\n d\n \\4g\n e\n 5\nDATA=END\n",
	    DUMP_TEXT_END,
	    bytes_of("5: " NO_ESCAPE "8: " NO_ESCAPE "10: " NO_ESCAPE "e=5;"));
	reads(PRINT " a\nb\n\n c\n e\n 5\nDATA=END\n", DUMP_TEXT_END,
	    bytes_of("6: does not begin with a blank, as keys and values do;"
		     "7: does not begin with a blank, as keys and values do;"
		     "e=5;"));
	reads(PRINT " a\nDATA=END\n", DUMP_TEXT_END,
	    bytes_of("5: is a key without a value;"));
}

static void
cut_texts(void)
{
	static const char *const rows[] = { "", "\n", "VERSION=3\n", HEADER,
		HEADER " 61", HEADER " 61\n", HEADER " 61\n 31",
		HEADER " 61\n 3132" };

	for (size_t i = 0; i < ROWS(rows); i++)
		reads(rows[i], DUMP_TEXT_CUT, bytes_of(""));
	reads(HEADER " 61\n 31\n", DUMP_TEXT_CUT, bytes_of("a=1;"));
	reads(HEADER " 61\n 31\n 62\n 3", DUMP_TEXT_CUT, bytes_of("a=1;"));
	reads(PRINT " 61\n 31\nDATA=END\nVERSION=3\n", DUMP_TEXT_CUT,
	    bytes_of("61=31;"));
}

static void
long_lines(void)
{
	static char text[DUMP_TEXT_LINE_MAX + 200];
	struct seen seen;

	strcpy(text, PRINT " a\n ");
	memset(text + strlen(text), 'x', DUMP_TEXT_LINE_MAX);
	strcat(text, "\n b\n 2\nDATA=END\n");
	CHECK_NUMBER(read_text(text, &seen), DUMP_TEXT_END);
	CHECK_BYTES(((struct bytes){ seen.text, seen.used }),
	    bytes_of("6: is a line that is too long;b=2;"));
}

static void
read_errors(void)
{
	struct seen seen;
	FILE *in = fopen("/", "r");

	CHECK(in != NULL);
	if (in == NULL)
		return;
	CHECK_NUMBER(read_all(in, &seen), DUMP_TEXT_ERROR);
	CHECK_NUMBER(seen.records, 0);
	fclose(in);
}

const struct unit_test unit_dump_text[] = {
	{ "dump_text: the records of all sections come in order", sections },
	{ "dump_text: hex may hold any byte, none, and both cases", hex },
	{ "dump_text: format=print has bytes as they are, or escaped", print },
	{ "dump_text: a record with a bad line is told, and passed over",
	    bad_lines },
	{ "dump_text: what is cut has no half records, and is not whole",
	    cut_texts },
	{ "dump_text: a line over the limit is told, and the next is read",
	    long_lines },
	{ "dump_text: a failing read is an error", read_errors }, { NULL, NULL }
};
