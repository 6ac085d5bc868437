/* SPDX-License-Identifier: BSD-2-Clause */
#include <locale.h>

#include "common/text.h"
#include "unit.h"

static char out[100];

static struct bytes
printable(struct bytes text, size_t room)
{
	memset(out, '#', sizeof(out));
	return (struct bytes){ out, text_printable(text, out, room) };
}

static void
keeps_printable(void)
{
	static const char *const rows[] = { "", "plain text", "100% %s %n",
		"tilde ~ space", "gr\xc3\xbc\xc3\x9f",
		"\xe6\x97\xa5\xe6\x9c\xac", "\xf0\x9f\x98\x80", "\xc2\xa0",
		"\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
		"\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf" };

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i]);
		CHECK_BYTES(printable(bytes_of(rows[i]), sizeof(out)),
		    bytes_of(rows[i]));
	}
}

struct printable_row {
	struct bytes text;
	const char *printable;
};

static void
check_printable(const struct printable_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unit_about(rows[i].printable);
		CHECK_BYTES(printable(rows[i].text, sizeof(out)),
		    bytes_of(rows[i].printable));
	}
}

static void
replaces_controls(void)
{
	static const struct printable_row rows[] = {
		{ LITERAL("a\nb"), "a?b" },
		{ LITERAL("a\r\nb"), "a??b" },
		{ LITERAL("\0"), "?" },
		{ LITERAL("a\0b\x01"
			  "c"),
		    "a?b?c" },
		{ LITERAL("\t"), "?" },
		{ LITERAL("\x1b[31m"), "?[31m" },
		{ LITERAL("\x7f"), "?" },
		{ LITERAL("\x1f \x20"), "?  " },
		{ LITERAL("C1 \xc2\x80 \xc2\x9f"), "C1 ?? ??" },
	};

	check_printable(rows, ROWS(rows));
}

static void
replaces_bad_utf8(void)
{
	static const struct printable_row rows[] = {
		{ LITERAL("\x80"), "?" },
		{ LITERAL("a\xff\xfe z"), "a?? z" },
		{ LITERAL("\xc3"), "?" },
		{ LITERAL("\xc3("), "?(" },
		{ LITERAL("\xe2\x82"), "??" },
		{ LITERAL("\xe2\x82z"), "??z" },
		{ LITERAL("overlong \xc0\xaf \xc1\xbf"), "overlong ?? ??" },
		{ LITERAL("overlong \xe0\x80\xaf"), "overlong ???" },
		{ LITERAL("overlong \xe0\x9f\xbf"), "overlong ???" },
		{ LITERAL("overlong \xf0\x8f\xbf\xbf"), "overlong ????" },
		{ LITERAL("surrogate \xed\xa0\x80"), "surrogate ???" },
		{ LITERAL("surrogate \xed\xbf\xbf"), "surrogate ???" },
		{ LITERAL("too high \xf4\x90\x80\x80"), "too high ????" },
		{ LITERAL("too high \xf5\x80\x80\x80"), "too high ????" },
		{ LITERAL("latin gr\xfc\xdf"), "latin gr??" },
	};

	check_printable(rows, ROWS(rows));
}

static void
characters(void)
{
	static const struct {
		struct bytes text;
		size_t len;
	} rows[] = {
		{ LITERAL("a"), 1 }, { LITERAL("ab"), 1 }, { LITERAL(" "), 1 },
		{ LITERAL("~"), 1 }, { LITERAL("\0"), 0 }, { LITERAL("\n"), 0 },
		{ LITERAL("\x1f"), 0 }, { LITERAL("\x7f"), 0 },
		{ LITERAL("\x80"), 0 }, { LITERAL("\xbf"), 0 },
		{ LITERAL("\xc2\x9f"), 0 }, { LITERAL("\xc2\xa0"), 2 },
		{ LITERAL("\xc3\xbcx"), 2 }, { LITERAL("\xc1\xbf"), 0 },
		{ LITERAL("\xc3"), 0 }, { LITERAL("\xc3\xc3"), 0 },
		{ LITERAL("\xe0\x9f\xbf"), 0 }, { LITERAL("\xe0\xa0\x80"), 3 },
		{ LITERAL("\xe2\x82\xac"), 3 }, { LITERAL("\xe2\x82"), 0 },
		{ LITERAL("\xe2\x82 "), 0 }, { LITERAL("\xed\x9f\xbf"), 3 },
		{ LITERAL("\xed\xa0\x80"), 0 }, { LITERAL("\xee\x80\x80"), 3 },
		{ LITERAL("\xf0\x8f\xbf\xbf"), 0 },
		{ LITERAL("\xf0\x90\x80\x80"), 4 },
		{ LITERAL("\xf0\x90\x80"), 0 },
		{ LITERAL("\xf4\x8f\xbf\xbf"), 4 },
		{ LITERAL("\xf4\x90\x80\x80"), 0 },
		{ LITERAL("\xf5\x80\x80\x80"), 0 }, { LITERAL("\xff"), 0 },
		/* What can't be seen: U+00AD, 200B, 202E, 2028, 2066, FEFF. */
		{ LITERAL("\xc2\xad"), 0 }, { LITERAL("\xe2\x80\x8b"), 0 },
		{ LITERAL("\xe2\x80\xae"), 0 }, { LITERAL("\xe2\x80\xa8"), 0 },
		{ LITERAL("\xe2\x81\xa6"), 0 }, { LITERAL("\xef\xbb\xbf"), 0 },
		{ LITERAL("\xe2\x80\x90"), 3 }, /* U+2010, a hyphen */
	};

	uint32_t code;

	for (size_t i = 0; i < ROWS(rows); i++) {
		if (!CHECK_NUMBER(
			text_character(rows[i].text, &code), rows[i].len))
			CHECK_NUMBER(i, -1);
	}
}

static void
columns_of(void)
{
	static const struct {
		struct bytes text;
		size_t len;
		int columns;
	} rows[] = {
		{ LITERAL("ab"), 1, 1 }, { LITERAL("\x01"), 0, 1 },
		{ LITERAL("\xff"), 0, 1 }, { LITERAL("\xe6\xbc\xa2"), 3, 2 },
		{ LITERAL("\xcc\x81"), 2, 0 }, /* an accent */
	};
	int columns;

	CHECK(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	for (size_t i = 0; i < ROWS(rows); i++) {
		CHECK_NUMBER(text_columns(rows[i].text, &columns), rows[i].len);
		CHECK_NUMBER(columns, rows[i].columns);
	}
	setlocale(LC_CTYPE, "C");
}

static void
fits_into(void)
{
	/* Two columns, an accent of none, a byte that is not printable. */
	const struct bytes text = LITERAL("\xe6\xbc\xa2\xcc\x81\xff");
	const size_t lengths[] = { 0, 0, 5, 6, 6 };
	const int taken[] = { 0, 0, 2, 3, 3 };
	int columns;

	CHECK(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	for (size_t room = 0; room < ROWS(lengths); room++) {
		CHECK_NUMBER(
		    text_fit(text, (int)room, &columns), lengths[room]);
		CHECK_NUMBER(columns, taken[room]);
	}
	setlocale(LC_CTYPE, "C");
}

static void
cut_off(void)
{
	static const struct {
		const char *text;
		size_t room;
		const char *cut;
	} rows[] = {
		{ "abc", 3, "abc" },
		{ "abcd", 3, "..." },
		{ "abcd", 4, "abcd" },
		{ "abcde", 4, "a..." },
		{ "abcdefgh", 7, "abcd..." },
		{ "\x01\x02\x03\x04\x05", 4, "?..." },
		{ "\xe2\x82\xac", 3, "\xe2\x82\xac" },
		{ "\xe2\x82\xac\xe2\x82\xac", 3, "..." },
		{ "\xe2\x82\xac\xe2\x82\xac", 5, "..." },
		{ "\xe2\x82\xac\xe2\x82\xac", 6, "\xe2\x82\xac\xe2\x82\xac" },
		{ "\xe2\x82\xac\xe2\x82\xac-", 6, "\xe2\x82\xac..." },
		{ "-\xe2\x82\xac\xe2\x82\xac", 6, "-..." },
		{ "--\xe2\x82\xac\xe2\x82\xac", 6, "--..." },
		{ "---\xe2\x82\xac\xe2\x82\xac", 6, "---..." },
		{ "----\xe2\x82\xac\xe2\x82\xac", 6, "---..." },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].cut);
		CHECK_BYTES(printable(bytes_of(rows[i].text), rows[i].room),
		    bytes_of(rows[i].cut));
		CHECK(out[rows[i].room] == '#');
	}
}

/* Wherever the end of the room lies within the characters. */
static void
cut_between_characters(void)
{
	char text[sizeof(out) + 20];

	for (size_t room = 3; room < sizeof(out); room++) {
		struct bytes have;

		for (size_t i = 0; i + 4 <= sizeof(text); i += 4)
			memcpy(text + i, "\xf0\x9f\x98\x80", 4);
		have = printable((struct bytes){ text, sizeof(text) }, room);
		CHECK_NUMBER(have.len, (room - 3) / 4 * 4 + 3);
		CHECK(memcmp(out + have.len - 3, "...", 3) == 0);
		CHECK(memcmp(out, text, have.len - 3) == 0);
		CHECK(out[room] == '#');
	}
}

static void
escapes(void)
{
	static const struct {
		struct bytes bytes;
		const char *escaped;
	} rows[] = {
		{ LITERAL(""), "" },
		{ LITERAL("plain \"text\"/~"), "plain \"text\"/~" },
		{ LITERAL("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f" },
		{ LITERAL("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80" },
		{ LITERAL("\\"), "\\\\" },
		{ LITERAL("\\x41"), "\\\\x41" },
		{ LITERAL("\0\t\n\r\x1f\x7f"),
		    "\\x00\\x09\\x0a\\x0d\\x1f\\x7f" },
		{ LITERAL("\x80\xff"), "\\x80\\xff" },
		{ LITERAL("\xc3\xc3\xbc"), "\\xc3\xc3\xbc" },
		{ LITERAL("\xc2\x9f"), "\\xc2\\x9f" },
		{ LITERAL("\xed\xa0\x80"), "\\xed\\xa0\\x80" },
		{ LITERAL("\xe2\x82"), "\\xe2\\x82" },
	};
	struct bytes escaped = { out, 0 };
	char back[sizeof(out)];
	size_t len;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].escaped);
		escaped.len = text_escape(rows[i].bytes, out);
		CHECK_BYTES(escaped, bytes_of(rows[i].escaped));
		if (CHECK(text_unescape(escaped, back, &len)))
			CHECK_BYTES(
			    ((struct bytes){ back, len }), rows[i].bytes);
	}
}

/* All pairs of bytes, also in place. */
static void
escapes_come_back(void)
{
	for (unsigned pair = 0; pair < 65536; pair++) {
		char bytes[2] = { (char)(pair >> 8), (char)pair };
		struct bytes given = { bytes, 2 }, escaped = { out, 0 };
		size_t len = 0;

		escaped.len = text_escape(given, out);
		if (escaped.len > 8 || !text_unescape(escaped, out, &len) ||
		    !bytes_equal(given, (struct bytes){ out, len }))
			CHECK_NUMBER(pair, -1);
	}
}

static void
unescapes(void)
{
	static const char *const bad[] = { "\\", "a\\", "\\n", "\\x", "\\x4",
		"\\x4g", "\\xg4", "\\X41", "\\\\\\", "\\ x41", "\\u0041" };
	size_t len;

	for (size_t i = 0; i < ROWS(bad); i++) {
		unit_about(bad[i]);
		CHECK(!text_unescape(bytes_of(bad[i]), out, &len));
	}
	unit_about(NULL);
	CHECK(text_unescape(bytes_of("\\x4A\\x4a\\xFf"), out, &len));
	CHECK_BYTES(((struct bytes){ out, len }), LITERAL("JJ\xff"));
	CHECK(text_unescape(LITERAL("a\0\t\n\xff"), out, &len));
	CHECK_BYTES(((struct bytes){ out, len }), LITERAL("a\0\t\n\xff"));
}

static void
hex_values(void)
{
	static const char digits[] = "0123456789abcdef", upper[] = "ABCDEF";
	int digits_seen = 0;

	for (int i = 0; i < 16; i++)
		CHECK_NUMBER(text_hex_value(digits[i]), i);
	for (int i = 0; i < 6; i++)
		CHECK_NUMBER(text_hex_value(upper[i]), 10 + i);
	for (int c = 0; c < 256; c++)
		digits_seen += text_hex_value((char)c) != -1;
	CHECK_NUMBER(digits_seen, 22);
}

const struct unit_test unit_text[] = {
	{ "a character has its columns, and what is none has one", columns_of },
	{ "as much of a text fits as there are columns for it", fits_into },
	{ "text: printable text stays as it is, UTF-8 too", keeps_printable },
	{ "text: each control byte becomes a question mark",
	    replaces_controls },
	{ "text: each byte that is no UTF-8 becomes a question mark",
	    replaces_bad_utf8 },
	{ "text: a character has the length of its UTF-8, others have none",
	    characters },
	{ "text: what does not fit is cut, and ends with dots", cut_off },
	{ "text: the cut is between characters", cut_between_characters },
	{ "text: what is not printable is escaped, and comes back", escapes },
	{ "text: all pairs of bytes come back, in place", escapes_come_back },
	{ "text: a backslash without one or xHH behind it is refused",
	    unescapes },
	{ "text: hexadecimal digits have values, nothing else", hex_values },
	{ NULL, NULL }
};
