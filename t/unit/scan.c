/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/mman.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log-stats/entry/scan.h"
#include "log-stats/tables/hash.h"
#include "unit.h"

/* scan_words.c runs the same tests on machines without vectors. */
#ifndef SCAN_TESTS
#define SCAN_TESTS unit_scan
#endif

enum { LONGEST = 70 };

/* What stands after a text is what is looked for. */
static struct bytes
in_front_of(char fill, size_t len, char after)
{
	static char buffer[LONGEST + 16];

	memset(buffer, after, sizeof(buffer));
	memset(buffer, fill, len);
	return (struct bytes){ buffer, len };
}

/* A text that ends where the memory does: to read past it ends the program. */
static struct bytes
at_the_edge(char fill, size_t len)
{
	static char *edge;
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (edge == NULL) {
		char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (pages == MAP_FAILED ||
		    mprotect(pages + page, page, PROT_NONE) == -1)
			abort();
		edge = pages + page;
	}
	memset(edge - len, fill, len);
	return (struct bytes){ edge - len, len };
}

static void
reads_nothing_outside(void)
{
	for (size_t len = 0; len <= LONGEST; len++) {
		uint64_t number;

		CHECK_NUMBER(scan_until(at_the_edge('x', len), '['), len);
		CHECK_NUMBER(
		    scan_until_either(at_the_edge('x', len), ' ', '['), len);
		CHECK_NUMBER(scan_number(at_the_edge('7', len), &number), len);
		CHECK(hash_text(at_the_edge('x', len), 1) ==
		    hash_lower(at_the_edge('X', len), 1));
	}
}

static void
finds_the_first(void)
{
	for (size_t len = 0; len <= LONGEST; len++)
		for (size_t at = 0; at < len; at++) {
			struct bytes text = in_front_of('x', len, '[');

			((char *)(uintptr_t)text.data)[at] = '[';
			CHECK_NUMBER(scan_until(text, '['), at);
			CHECK_NUMBER(scan_until_either(text, ' ', '['), at);
			CHECK_NUMBER(scan_until_either(text, '[', ' '), at);
		}
}

static void
finds_nothing_after(void)
{
	for (size_t len = 0; len <= LONGEST; len++) {
		struct bytes text = in_front_of('x', len, '[');

		CHECK_NUMBER(scan_until(text, '['), len);
		CHECK_NUMBER(scan_until_either(text, ' ', '['), len);
	}
}

/* Where one of the bytes is found, its neighbours must not look like it. */
static void
tells_neighbours_apart(void)
{
	for (int c = 0; c < 256; c++)
		for (int other = 0; other < 256; other++) {
			struct bytes text = in_front_of((char)other, 20, 'x');

			CHECK_NUMBER(
			    scan_until(text, (char)c), c == other ? 0 : 20);
		}
}

static void
tells_what_differs(void)
{
	static const char front[] = "mx1 postfix/submission/smtpd and so on";
	char other[sizeof(front)];

	for (size_t len = 8; len < sizeof(front); len++) {
		memcpy(other, front, sizeof(front));
		other[len] ^= 1; /* after what is compared */
		CHECK(scan_equal(front, other, len));
		for (size_t at = 0; at < len; at++) {
			memcpy(other, front, sizeof(front));
			other[at] ^= 1;
			CHECK(!scan_equal(front, other, len));
		}
	}
}

static void
reads_numbers(void)
{
	static const struct {
		const char *text;
		size_t len;
		uint64_t number;
	} rows[] = {
		{ "", 0, 0 },
		{ "x1", 0, 0 },
		{ "/9", 0, 0 },
		{ ":9", 0, 0 },
		{ "7", 1, 7 },
		{ "42]", 2, 42 },
		{ "007", 3, 7 },
		{ "1234567:", 7, 1234567 },
		{ "12345678", 8, 12345678 },
		{ "12345678 ", 8, 12345678 },
		{ "123456789", 9, 123456789 },
		{ "1770742895.1", 10, 1770742895 },
		{ "999999999999999999", 18, UINT64_C(999999999999999999) },
		{ "99999999999999999999999", 23, UINT64_C(999999999999999999) },
		{ "12\xb0", 2, 12 },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[64];
		uint64_t number = 5;

		/* What stands after the text is not part of it. */
		memset(text, '8', sizeof(text));
		memcpy(text, rows[i].text, strlen(rows[i].text));
		unit_about(rows[i].text);
		CHECK_NUMBER(
		    scan_number(
			(struct bytes){ text, strlen(rows[i].text) }, &number),
		    rows[i].len);
		CHECK_NUMBER(number, rows[i].number);
	}
	unit_about(NULL);
}

static void
hashes_the_text_alone(void)
{
	for (size_t len = 0; len <= LONGEST; len++) {
		uint64_t hash = hash_text(in_front_of('x', len, 'y'), 1);
		uint64_t lower = hash_lower(in_front_of('x', len, 'y'), 1);

		CHECK(hash_text(in_front_of('x', len, 'z'), 1) == hash);
		CHECK(hash_lower(in_front_of('X', len, 'Z'), 1) == lower);
		CHECK(hash_text(in_front_of('x', len + 1, 'y'), 1) != hash ||
		    len == LONGEST);
		CHECK(len == 0 ||
		    hash_text(in_front_of('X', len, 'y'), 1) != hash);
	}
}

static void
hashes_long_texts_and_none(void)
{
	static char text[1000], same[1000];

	memset(text, 'X', sizeof(text));
	for (size_t len = sizeof(text) - 2; len <= sizeof(text); len++) {
		memset(same, 'x', sizeof(same));
		CHECK(hash_lower((struct bytes){ text, len }, 1) ==
		    hash_lower((struct bytes){ same, len }, 1));
		same[len - 1] = 'y';
		CHECK(hash_lower((struct bytes){ text, len }, 1) !=
		    hash_lower((struct bytes){ same, len }, 1));
	}
	CHECK(hash_text((struct bytes){ NULL, 0 }, 1) != 0);
	CHECK(hash_lower((struct bytes){ NULL, 0 }, 1) != 0);
	CHECK(hash_pair(1, 2) != hash_pair(2, 1));
}

/* 0x20 apart, but no letters. */
static void
lowers_letters_only(void)
{
	static const char pairs[][2] = { { '@', '`' }, { '[', '{' },
		{ '\x1f', '?' }, { '\xc0', '\xe0' }, { '1', '\x11' } };

	for (size_t i = 0; i < ROWS(pairs); i++)
		CHECK(hash_lower(in_front_of(pairs[i][0], 9, 'x'), 0) !=
		    hash_lower(in_front_of(pairs[i][1], 9, 'x'), 0));
	CHECK(hash_lower(in_front_of('A', 9, 'x'), 0) ==
	    hash_lower(in_front_of('a', 9, 'x'), 0));
	CHECK(hash_lower(in_front_of('Z', 9, 'x'), 0) ==
	    hash_lower(in_front_of('z', 9, 'x'), 0));
}

const struct unit_test SCAN_TESTS[] = {
	{ "the first of two characters is found, wherever it is",
	    finds_the_first },
	{ "what stands after a text is not found", finds_nothing_after },
	{ "nothing outside a text is read", reads_nothing_outside },
	{ "no character is taken for another", tells_neighbours_apart },
	{ "texts are equal up to their length", tells_what_differs },
	{ "a number ends where its digits or its text do", reads_numbers },
	{ "a hash is of the text alone", hashes_the_text_alone },
	{ "a long text is hashed to its end, and none at all is, too",
	    hashes_long_texts_and_none },
	{ "upper and lower case are the same to one of the hashes, and "
	  "nothing else is",
	    lowers_letters_only },
	{ NULL, NULL },
};
