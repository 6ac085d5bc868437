/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/num.h"
#include "unit.h"

static void
decimals(void)
{
	static const struct {
		const char *text;
		int64_t number;
	} rows[] = {
		{ "0", 0 },
		{ "7", 7 },
		{ "007", 7 },
		{ "1234254582", 1234254582 },
		{ "999999999999", NUM_MAX },
		{ "0000000000000000000000001", 1 },
	};
	int64_t number;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].text);
		number = -1;
		CHECK(num_decimal(bytes_of(rows[i].text), &number));
		CHECK_NUMBER(number, rows[i].number);
	}
}

static void
no_decimals(void)
{
	static const char *const rows[] = { "", " ", " 1", "1 ", "-1", "+1",
		"1.0", "0x10", "1e3", "1a", "a1", "1000000000000",
		"18446744073709551616", "99999999999999999999999999",
		"\xd9\xa1" };
	int64_t number = 42;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i]);
		CHECK(!num_decimal(bytes_of(rows[i]), &number));
		CHECK_NUMBER(number, 42);
	}
	unit_about("a NUL byte");
	CHECK(!num_decimal(LITERAL("1\0"), &number));
	unit_about("bytes behind the end");
	CHECK(num_decimal((struct bytes){ "123", 2 }, &number));
	CHECK_NUMBER(number, 12);
}

static char reason[NUM_REASON_MAX];

static void
bounds(void)
{
	static const struct num_range range = { 1, 32 };
	int64_t number = 42;

	CHECK(num_parse("1", range, &number, reason));
	CHECK_NUMBER(number, 1);
	CHECK(num_parse("32", range, &number, reason));
	CHECK_NUMBER(number, 32);
	number = 42;
	CHECK(!num_parse("0", range, &number, reason));
	CHECK_TEXT(reason, "must be a number from 1 to 32");
	CHECK(!num_parse("33", range, &number, reason));
	CHECK_TEXT(reason, "must be a number from 1 to 32");
	CHECK(!num_parse("", range, &number, reason));
	CHECK(!num_parse("-1", range, &number, reason));
	CHECK(!num_parse("8 ", range, &number, reason));
	CHECK_NUMBER(number, 42);
}

static void
durations(void)
{
	static const struct {
		const char *text;
		int64_t unit;
		int64_t seconds;
	} rows[] = {
		{ "0", 1, 0 },
		{ "90", 1, 90 },
		{ "90s", 86400, 90 },
		{ "5m", 1, 300 },
		{ "2h", 1, 7200 },
		{ "35d", 1, 3024000 },
		{ "2w", 1, 1209600 },
		{ "2", 86400, 172800 },
		{ "6H", 86400, 21600 },
		{ "0d", 1, 0 },
		{ "011574074w", 1, INT64_C(6999999955200) },
	};
	static const struct num_range any = { 0, INT64_MAX };
	int64_t seconds;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].text);
		seconds = -1;
		if (rows[i].seconds > NUM_MAX) {
			CHECK(!num_duration(
			    rows[i].text, rows[i].unit, any, &seconds, reason));
			continue;
		}
		CHECK(num_duration(
		    rows[i].text, rows[i].unit, any, &seconds, reason));
		CHECK_NUMBER(seconds, rows[i].seconds);
	}
}

static void
no_durations(void)
{
	static const char *const rows[] = { "", "s", "d", "1y", "1 d", "-1d",
		"1.5h", "1h30m", "d1", "1dd", "999999999999w",
		"99999999999999999999d" };
	static const struct num_range any = { 0, INT64_MAX };
	int64_t seconds = 42;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i]);
		CHECK(!num_duration(rows[i], 1, any, &seconds, reason));
		CHECK_NUMBER(seconds, 42);
	}
}

static void
duration_bounds(void)
{
	static const struct num_range range = { 60, 7200 };
	int64_t seconds = 42;

	CHECK(num_duration("1m", 1, range, &seconds, reason));
	CHECK(num_duration("2h", 1, range, &seconds, reason));
	CHECK_NUMBER(seconds, 7200);
	CHECK(!num_duration("59", 1, range, &seconds, reason));
	CHECK_TEXT(reason, "must be from 60s to 7200s");
	CHECK(!num_duration("7201s", 1, range, &seconds, reason));
	CHECK_TEXT(reason, "must be from 60s to 7200s");
	CHECK(!num_duration("1", 86400, range, &seconds, reason));
	CHECK_TEXT(reason, "must be from 60s to 7200s");
	CHECK_NUMBER(seconds, 7200);
}

static void
formats(void)
{
	static const struct {
		int64_t number;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 9, "9" },
		{ 10, "10" },
		{ 1234254582, "1234254582" },
		{ NUM_MAX, "999999999999" },
		{ NUM_MAX + 1, "1000000000000" },
	};
	static char text[NUM_TEXT_MAX];

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].text);
		CHECK_BYTES(
		    ((struct bytes){ text, num_format(rows[i].number, text) }),
		    bytes_of(rows[i].text));
	}
}

static void
sizes(void)
{
	static const struct {
		const char *text;
		int64_t bytes; /* -1: refused */
	} rows[] = { { "1048576", 1048576 }, { "1M", 1048576 },
		{ "64m", INT64_C(64) << 20 }, { "2048K", 2097152 },
		{ "3G", INT64_C(3) << 30 }, { "4g", INT64_C(4) << 30 },
		{ "1T", -1 }, { "1023K", -1 }, { "", -1 }, { "M", -1 },
		{ "1MB", -1 }, { "-1M", -1 }, { "1.5G", -1 }, { "1 M", -1 },
		{ "999999999999T", -1 } };
	static const struct num_range range = { 1 << 20, INT64_C(4) << 30 };
	int64_t bytes;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].text);
		bytes = -1;
		CHECK(num_size(rows[i].text, range, &bytes, reason) ==
		    (rows[i].bytes != -1));
		CHECK_NUMBER(bytes, rows[i].bytes);
	}
	CHECK(!num_size("1K", range, &bytes, reason));
	CHECK_TEXT(reason, "must be from 1M to 4096M");
}

const struct unit_test unit_num[] = {
	{ "num: digits up to 999999999999 are a number", decimals },
	{ "num: anything but digits, and more than that, is none",
	    no_decimals },
	{ "num: a number out of its range is refused with the range", bounds },
	{ "num: a duration has a unit or counts in the given one", durations },
	{ "num: a duration with anything else around it is refused",
	    no_durations },
	{ "num: a duration out of its range is refused with the range",
	    duration_bounds },
	{ "num: a size is of bytes, or of K, M, G or T of them, in its range",
	    sizes },
	{ "num: a number is written without leading zeros", formats },
	{ NULL, NULL }
};
