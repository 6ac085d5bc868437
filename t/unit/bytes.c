/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

static int
sign(int number)
{
	return (number > 0) - (number < 0);
}

static void
order(void)
{
	/* Each is less than the next. */
	static const struct bytes rows[] = { LITERAL(""), LITERAL("\0"),
		LITERAL("\0\0"), LITERAL("\0a"), LITERAL("A"), LITERAL("a"),
		LITERAL("a\0"), LITERAL("aa"), LITERAL("ab"), LITERAL("b"),
		LITERAL("\x7f"), LITERAL("\x80"), LITERAL("\xff"),
		LITERAL("\xff\xff") };

	for (size_t i = 0; i < ROWS(rows); i++) {
		for (size_t j = 0; j < ROWS(rows); j++) {
			unit_about(rows[i].data);
			CHECK_NUMBER(sign(bytes_compare(rows[i], rows[j])),
			    (i > j) - (i < j));
			CHECK(bytes_equal(rows[i], rows[j]) == (i == j));
		}
	}
}

static void
nothing(void)
{
	const struct bytes none = { NULL, 0 };

	CHECK_NUMBER(bytes_compare(none, LITERAL("")), 0);
	CHECK_NUMBER(bytes_compare(LITERAL(""), none), 0);
	CHECK_NUMBER(sign(bytes_compare(none, LITERAL("\0"))), -1);
	CHECK_NUMBER(sign(bytes_compare(LITERAL("\0"), none)), 1);
	CHECK(bytes_begin_with(LITERAL("a"), none));
	CHECK(bytes_begin_with(none, none));
	CHECK(!bytes_begin_with(none, LITERAL("a")));
}

static void
fronts(void)
{
	CHECK(bytes_begin_with(LITERAL("ab\0c"), LITERAL("ab\0")));
	CHECK(bytes_begin_with(LITERAL("ab"), LITERAL("ab")));
	CHECK(!bytes_begin_with(LITERAL("ab"), LITERAL("abc")));
	CHECK(!bytes_begin_with(LITERAL("ab\0c"), LITERAL("ab\0d")));
}

const struct unit_test unit_bytes_order[] = {
	{ "bytes: their order is that of Berkeley DB's keys, unsigned, the "
	  "shorter first",
	    order },
	{ "bytes: nothing is the least, and stands in front of all", nothing },
	{ "bytes: what begins with what", fronts }, { NULL, NULL }
};
