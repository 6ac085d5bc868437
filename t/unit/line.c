/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "grey-check/line.h"
#include "unit.h"

/* Bytes that come in pieces. */
struct feed {
	struct bytes rest;
	size_t cut[2]; /* the lengths of the first pieces, */
	size_t every;  /* and of all others */
	unsigned pieces;
};

static void
feed_piece(struct feed *feed, struct line_reader *reader)
{
	size_t len = 0, room;
	char *at = line_room(reader, &room);

	while (len == 0 && feed->pieces < 2)
		len = feed->cut[feed->pieces++];
	if (len == 0)
		len = feed->every;
	if (len > feed->rest.len)
		len = feed->rest.len;
	CHECK(room > 0);
	if (len > room)
		len = room;
	memcpy(at, feed->rest.data, len);
	line_came(reader, len);
	feed->rest = bytes_from(feed->rest, len);
}

/* Takes one line off text the plain way: what the reader should say. */
static enum line_result
expect(struct bytes *text, struct bytes *line)
{
	const char *newline = memchr(text->data, '\n', text->len);
	enum line_result result = LINE_OK;

	*line = *text;
	if (newline == NULL) {
		*text = bytes_from(*text, text->len);
		result = line->len == 0 ? LINE_END : LINE_CUT;
	} else {
		line->len = (size_t)(newline - line->data);
		*text = bytes_from(*text, line->len + 1);
		if (line->len > 0 && line->data[line->len - 1] == '\r')
			line->len--;
	}
	if (line->len <= LINE_MAX_LENGTH)
		return result;
	line->len = LINE_MAX_LENGTH;
	return LINE_LONG;
}

/* Reads text, split as given. False: not what was expected, said once. */
static bool
check_split(struct bytes text, size_t first, size_t second, size_t every)
{
	static struct line_reader reader;
	struct feed feed = {
		.rest = text, .cut = { first, second }, .every = every
	};
	enum line_result result, wanted;
	struct bytes line, wanted_line;
	bool same = true;

	line_reader_init(&reader);
	do {
		wanted = expect(&text, &wanted_line);
		while ((result = line_next(&reader, &line)) == LINE_MORE)
			feed_piece(&feed, &reader);
		same = same && CHECK_NUMBER(result, wanted);
		if (same && result != LINE_END)
			same = CHECK_BYTES(line, wanted_line);
	} while (same && result != LINE_END);
	if (!same)
		printf(
		    "# ... where pieces of %zu, %zu and then %zu bytes came\n",
		    first, second, every);
	return same;
}

static void
every_split(void)
{
	static const struct bytes texts[] = { LITERAL(""), LITERAL("\n"),
		LITERAL("\r\n"), LITERAL("a\n"), LITERAL("a\r\n"),
		LITERAL("one\ntwo\r\n\nthree\n\r\n\r\n"),
		LITERAL("a\rb\n\r\r\n"), LITERAL("nul\0inside\n\0\n"),
		LITERAL("\xff\xfe=\x01\n") };

	for (size_t i = 0; i < ROWS(texts); i++) {
		struct bytes text = texts[i];

		for (size_t a = 0; a <= text.len; a++) {
			for (size_t b = 0; a + b <= text.len; b++) {
				if (!check_split(text, a, b, text.len))
					break;
			}
		}
		check_split(text, 0, 0, 1);
	}
}

static void
literal_results(void)
{
	static struct line_reader reader;
	struct feed feed = { .rest = bytes_of("a=b\r\n\nx\rend"),
		.every = 100 };
	struct bytes line;

	line_reader_init(&reader);
	CHECK(line_is_empty(&reader));
	CHECK_NUMBER(line_next(&reader, &line), LINE_MORE);
	feed_piece(&feed, &reader);
	CHECK(!line_is_empty(&reader));
	CHECK_NUMBER(line_next(&reader, &line), LINE_OK);
	CHECK_BYTES(line, bytes_of("a=b"));
	CHECK_NUMBER(line_next(&reader, &line), LINE_OK);
	CHECK_BYTES(line, bytes_of(""));
	CHECK_NUMBER(line_next(&reader, &line), LINE_MORE);
	feed_piece(&feed, &reader);
	CHECK_NUMBER(line_next(&reader, &line), LINE_CUT);
	CHECK_BYTES(line, bytes_of("x\rend"));
	CHECK_NUMBER(line_next(&reader, &line), LINE_END);
	CHECK_NUMBER(line_next(&reader, &line), LINE_END);
	CHECK(line_is_empty(&reader));
}

static void
cut_lines(void)
{
	static const struct bytes texts[] = { LITERAL("a"), LITERAL("a\nb"),
		LITERAL("a\n\nbc"), LITERAL("a\n\r") };

	for (size_t i = 0; i < ROWS(texts); i++) {
		for (size_t a = 0; a <= texts[i].len; a++)
			check_split(texts[i], a, 0, texts[i].len);
	}
}

static char many[4 * LINE_MAX_LENGTH];

/* "x...x<end>next\n", the x len times. */
static struct bytes
long_line(size_t len, const char *end)
{
	memset(many, 'x', len);
	strcpy(many + len, end);
	strcat(many + len, "next\n");
	return bytes_of(many);
}

/* All places where the reader's arithmetic changes, give or take some. */
static void
split_at_borders(struct bytes text)
{
	static const size_t borders[] = { LINE_MAX_LENGTH, 2 * LINE_MAX_LENGTH,
		3 * LINE_MAX_LENGTH };

	check_split(text, 0, 0, text.len);
	check_split(text, 0, 0, 1000);
	check_split(text, 0, 0, 4095);
	check_split(text, 0, 0, 4097);
	for (size_t i = 0; i < ROWS(borders); i++) {
		for (size_t a = borders[i] - 3; a <= borders[i] + 3; a++) {
			if (a >= text.len)
				return;
			if (!check_split(text, a, 0, text.len) ||
			    !check_split(text, a, 1, text.len) ||
			    !check_split(text, 10, a - 10, text.len))
				return;
		}
	}
}

static void
lines_of_the_limit(void)
{
	static const char *const ends[] = { "\n", "\r\n" };

	for (size_t len = LINE_MAX_LENGTH - 2; len <= LINE_MAX_LENGTH; len++) {
		for (size_t i = 0; i < ROWS(ends); i++)
			split_at_borders(long_line(len, ends[i]));
	}
}

static void
long_lines(void)
{
	static const size_t lengths[] = { LINE_MAX_LENGTH + 1,
		LINE_MAX_LENGTH + 2, 2 * LINE_MAX_LENGTH - 1,
		2 * LINE_MAX_LENGTH, 2 * LINE_MAX_LENGTH + 1,
		3 * LINE_MAX_LENGTH };
	static const char *const ends[] = { "\n", "\r\n" };

	for (size_t i = 0; i < ROWS(lengths); i++) {
		for (size_t j = 0; j < ROWS(ends); j++)
			split_at_borders(long_line(lengths[i], ends[j]));
	}
}

static void
long_cut_line(void)
{
	memset(many, 'x', sizeof(many));
	for (size_t len = LINE_MAX_LENGTH; len <= LINE_MAX_LENGTH + 3; len++)
		split_at_borders((struct bytes){ many, len });
	split_at_borders((struct bytes){ many, 3 * LINE_MAX_LENGTH });
	memcpy(many, "a\n", 2);
	split_at_borders((struct bytes){ many, 2 * LINE_MAX_LENGTH });
}

static void
many_lines(void)
{
	static char text[20000];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 37 == 36 ? '\n' : (char)('a' + i % 26);
	for (size_t every = 1; every < 6000; every = every * 3 + 1)
		check_split(
		    (struct bytes){ text, sizeof(text) - 22 }, 0, 0, every);
}

/* What is left of a line that is too long is not nothing. */
static void
long_line_is_kept(void)
{
	static struct line_reader reader;
	struct feed feed = { .rest = long_line(3 * LINE_MAX_LENGTH, "\n"),
		.every = LINE_MAX_LENGTH };
	struct bytes line;

	line_reader_init(&reader);
	while (feed.rest.len > 5) {
		CHECK_NUMBER(line_next(&reader, &line), LINE_MORE);
		feed_piece(&feed, &reader);
		CHECK(!line_is_empty(&reader));
	}
	CHECK_NUMBER(line_next(&reader, &line), LINE_LONG);
}

const struct unit_test unit_line[] = {
	{ "line: LF and CRLF end a line, the input's end cuts one",
	    literal_results },
	{ "line: lines are the same wherever the input is split", every_split },
	{ "line: what the input's end leaves of a line is told as cut",
	    cut_lines },
	{ "line: a line of 4096 bytes is whole, with LF and CRLF, wherever "
	  "split",
	    lines_of_the_limit },
	{ "line: of a longer line the first 4096 bytes come, and the next is "
	  "whole",
	    long_lines },
	{ "line: a long line that is cut comes once, and no more of it than "
	  "the limit",
	    long_cut_line },
	{ "line: many lines come whole, whatever the size of reads",
	    many_lines },
	{ "line: a long line is kept until it ends", long_line_is_kept },
	{ NULL, NULL }
};
