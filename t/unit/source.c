/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <time.h>

#include "source_made.h"

enum { BIG = 900000 };

static void
as_they_are(void)
{
	static const struct {
		struct bytes content;
		unsigned count;
		bool cut;
	} rows[] = {
		{ LITERAL(""), 0, false },
		{ LITERAL("\n"), 1, false },
		{ LITERAL("\n\n"), 2, false },
		{ LITERAL("one\n"), 1, false },
		{ LITERAL("one"), 1, true },
		{ LITERAL("one\n\ntwo"), 3, true },
		{ LITERAL("N\0UL\r\n\xff\n"), 2, false },
		/* What might have become an archive. */
		{ LITERAL("B"), 1, true },
		{ LITERAL("BZ"), 1, true },
		{ LITERAL("BZip\n"), 1, false },
		{ LITERAL("\x1f"), 1, true },
		{ LITERAL("\xfd\x37zXZ"), 1, true },
		{ LITERAL("\x28\xb5\x2f\n"), 1, false },
	};

	for (size_t i = 0; i < ROWS(rows) * MADE_COUNT; i++) {
		struct bytes content = rows[i / MADE_COUNT].content;
		struct lines lines = lines_of(
		    source_of(content, i % MADE_COUNT));

		unit_about(content.data);
		CHECK_BYTES(((struct bytes){ lines.text, lines.len }), content);
		CHECK_NUMBER(lines.count, rows[i / MADE_COUNT].count);
		CHECK_NUMBER(lines.cut, rows[i / MADE_COUNT].cut);
		CHECK_NUMBER(lines.result, SOURCE_END);
		free(lines.text);
	}
}

/* Lines of all lengths up to some hundred. */
static struct bytes
big_content(void)
{
	static char content[BIG];

	for (size_t i = 0, length = 0, next = 0; i < BIG; i++) {
		bool ends = i == next;

		content[i] = ends ? '\n' : (char)('!' + i % 90);
		if (ends) {
			length = (length + 7) % 500;
			next += length + 1;
		}
	}
	return (struct bytes){ content, BIG };
}

static void
refills(void)
{
	for (enum made made = MADE_FILE; made < MADE_COUNT; made++) {
		struct lines lines = lines_of(source_of(big_content(), made));

		CHECK_BYTES(
		    ((struct bytes){ lines.text, lines.len }), big_content());
		free(lines.text);
	}
}

static void
plain_file(void)
{
	struct source *source = source_of(
	    LITERAL("one\ntwo\nthree"), MADE_FILE);

	CHECK(source_is_plain_file(source));
	CHECK(time(NULL) - source_changed(source) < 60);
	source_close(source);
}

/* A line of so many bytes, and "next" behind it. */
static struct lines
long_line(size_t len, bool newline, enum made made)
{
	char *content = malloc(len + 6);
	struct lines lines;

	if (content == NULL)
		abort();
	memset(content, 'x', len);
	memcpy(content + len, "\nnext\n", 6);
	lines = lines_of(source_of(
	    (struct bytes){ content, newline ? len + 6 : len }, made));
	free(content);
	return lines;
}

static void
long_lines(void)
{
	static const size_t lengths[] = { SOURCE_LINE_MAX - 1, SOURCE_LINE_MAX,
		SOURCE_LINE_MAX + 1, SOURCE_LINE_MAX + 2, 2 * SOURCE_LINE_MAX,
		256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1,
		256 * 1024 + SOURCE_LINE_MAX, BIG };

	for (size_t i = 0; i < ROWS(lengths) * MADE_COUNT * 2; i++) {
		size_t len = lengths[i / MADE_COUNT / 2];
		bool newline = i / MADE_COUNT % 2 == 0;
		struct lines lines = long_line(len, newline, i % MADE_COUNT);
		size_t kept = len < SOURCE_LINE_MAX ? len : SOURCE_LINE_MAX;

		CHECK_NUMBER(lines.count, newline ? 2 : 1);
		CHECK_NUMBER(lines.long_count, len > SOURCE_LINE_MAX);
		CHECK_NUMBER(lines.len, newline ? kept + 6 : kept);
		CHECK_NUMBER(lines.cut, !newline);
		if (newline)
			CHECK_BYTES(((struct bytes){ lines.text + kept, 6 }),
			    LITERAL("\nnext\n"));
		free(lines.text);
	}
}

static void
counted_bytes(void)
{
	static const struct {
		size_t before;
		uint64_t count;
		size_t want;
		enum source_result result;
	} rows[] = {
		{ 0, 0, 0, SOURCE_OK },
		{ 0, 1, 1, SOURCE_OK },
		{ 5, 5000, 5000, SOURCE_OK },
		{ 256 * 1024 - 5, 10, 10, SOURCE_OK },
		{ 256 * 1024 - 5, 5, 5, SOURCE_OK },
		{ 200000, SOURCE_LINE_MAX, SOURCE_LINE_MAX, SOURCE_OK },
		{ 200000, SOURCE_LINE_MAX + 1, SOURCE_LINE_MAX, SOURCE_LONG },
		{ 1, 700000, SOURCE_LINE_MAX, SOURCE_LONG },
		{ 0, BIG - 1, SOURCE_LINE_MAX, SOURCE_LONG },
		{ 0, BIG, SOURCE_LINE_MAX, SOURCE_LONG },
		{ 0, BIG + 1, SOURCE_LINE_MAX, SOURCE_END },
		{ 0, UINT64_MAX, SOURCE_LINE_MAX, SOURCE_END },
		{ BIG - 9, 9, 9, SOURCE_OK },
		{ BIG - 9, 10, 9, SOURCE_END },
	};
	struct bytes bytes, content = big_content();

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct source *source = source_of(content, MADE_FILE);
		size_t before = rows[i].before;

		while (before > 0) {
			size_t n = before < 1000 ? before : 1000;

			CHECK_NUMBER(
			    source_bytes(source, n, &bytes), SOURCE_OK);
			before -= n;
		}
		CHECK_NUMBER(source_bytes(source, rows[i].count, &bytes),
		    rows[i].result);
		CHECK_BYTES(bytes,
		    ((struct bytes){
			content.data + rows[i].before, rows[i].want }));
		source_close(source);
	}
}

static void
not_opened(void)
{
	const char *why = NULL;

	CHECK(source_open("/", NULL, NULL, &why) == NULL);
	CHECK_TEXT(why, "is a directory: name the files in it");
	CHECK(source_open("/nowhere/x", NULL, NULL, &why) == NULL);
	CHECK_TEXT(why, "No such file or directory");
}

const struct unit_test unit_source[] = {
	{ "source: lines are given as they are, the last with or without "
	  "newline",
	    as_they_are },
	{ "source: lines that lie across reads are whole", refills },
	{ "source: a file is plain, and has the time of its change",
	    plain_file },
	{ "source: a line that is too long is cut, and the next is whole",
	    long_lines },
	{ "source: counted bytes may hold newlines, and lie across reads",
	    counted_bytes },
	{ "source: what can't be opened has a reason", not_opened },
	{ NULL, NULL }
};
