/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <time.h>

#include "common/num.h"
#include "common/when.h"
#include "unit.h"

/* As Europe/Berlin and so on, on machines without tzdata too. */
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"
#define CAIRO "EET-2EEST,M4.5.5/0,M10.5.4/24" /* changes at midnight */
#define KOLKATA "IST-5:30"
#define UTC "UTC"

#define NOW INT64_C(1795330800) /* 2026-11-22T07:00:00Z */

#define FORM \
	"must be epoch seconds, or like 2026-11-22 or 2026-11-22T07:00:00, " \
	"which Z or +01:00 may follow, or today, yesterday, or like -8h"

static void
set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

struct when_row {
	const char *zone;
	const char *text;
	int64_t time;
};

static void
check_times(const struct when_row *rows, size_t count)
{
	int64_t time;

	for (size_t i = 0; i < count; i++) {
		unit_about(rows[i].text);
		set_zone(rows[i].zone);
		time = -1;
		CHECK(when_parse(rows[i].text, NOW, &time) == NULL);
		CHECK_NUMBER(time, rows[i].time);
	}
	unit_about(NULL);
	set_zone(UTC);
}

static void
epoch_seconds(void)
{
	static const struct when_row rows[] = {
		{ BERLIN, "0", 0 },
		{ BERLIN, "1", 1 },
		{ BERLIN, "1795330800", NOW },
		{ NEW_YORK, "1795330800", NOW },
		{ UTC, "0000000000001795330800", NOW },
		{ UTC, "2026", 2026 },
		{ UTC, "20261122", 20261122 },
		{ UTC, "999999999999", NUM_MAX },
	};

	check_times(rows, ROWS(rows));
}

static void
days(void)
{
	static const struct when_row rows[] = {
		{ UTC, "2026-11-22", 1795305600 },
		{ BERLIN, "2026-11-22", 1795302000 },
		{ NEW_YORK, "2026-11-22", 1795323600 },
		{ BERLIN, "2026-07-01", 1782856800 },
		{ BERLIN, "2026-01-01", 1767222000 },
		{ BERLIN, "2025-12-31", 1767135600 },
		{ BERLIN, "2026-03-31", 1774908000 },
		{ BERLIN, "2024-02-29", 1709161200 },
		{ UTC, "2000-02-29", 951782400 },
		{ UTC, "1970-01-01", 0 },
		{ NEW_YORK, "1970-01-01", 18000 },
		{ BERLIN, "2026-03-29", 1774738800 },
		{ BERLIN, "2026-03-30", 1774821600 },
		{ BERLIN, "2026-10-25", 1792879200 },
		{ BERLIN, "2026-10-26", 1792969200 },
		{ CAIRO, "2026-04-23", 1776895200 },
		{ CAIRO, "2026-04-24", 1776981600 },
		{ CAIRO, "2026-04-25", 1777064400 },
	};

	check_times(rows, ROWS(rows));
}

static void
local_times(void)
{
	static const struct when_row rows[] = {
		{ UTC, "2026-11-22T07:00", NOW },
		{ UTC, "2026-11-22T07:00:00", NOW },
		{ UTC, "2026-11-22 07:00", NOW },
		{ UTC, "2026-11-22 07:00:59", NOW + 59 },
		{ BERLIN, "2026-11-22T07:00", NOW - 3600 },
		{ BERLIN, "2026-11-22 07:00:09", NOW - 3600 + 9 },
		{ NEW_YORK, "2026-11-22T07:00:00", NOW + 5 * 3600 },
		{ KOLKATA, "2026-11-22T12:30", NOW },
		{ BERLIN, "2026-11-22T00:00", 1795302000 },
		{ BERLIN, "2026-11-22T23:59:59", 1795302000 + 86399 },
		{ BERLIN, "2024-02-29T23:59:59", 1709161200 + 86399 },
		{ BERLIN, "2026-07-01T00:00:01", 1782856801 },
		{ BERLIN, "2026-03-29T01:59:59", 1774745999 },
		{ BERLIN, "2026-03-29T03:00", 1774746000 },
		{ NEW_YORK, "2026-03-08T01:59:59", 1772953199 },
		{ NEW_YORK, "2026-03-08T03:00:00", 1772953200 },
	};

	check_times(rows, ROWS(rows));
}

static void
zones(void)
{
	static const struct when_row rows[] = {
		{ BERLIN, "2026-11-22T07:00Z", NOW },
		{ BERLIN, "2026-11-22T07:00:00Z", NOW },
		{ NEW_YORK, "2026-11-22 07:00:00Z", NOW },
		{ NEW_YORK, "2026-11-22T07:00:00+00:00", NOW },
		{ NEW_YORK, "2026-11-22T07:00:00-00:00", NOW },
		{ NEW_YORK, "2026-11-22T08:00+01:00", NOW },
		{ UTC, "2026-11-22T08:00:00+0100", NOW },
		{ UTC, "2026-11-22T01:30-05:30", NOW },
		{ UTC, "2026-11-22T01:30:00-0530", NOW },
		{ UTC, "2026-11-22T21:00+14:00", NOW },
		{ UTC, "2026-11-21T19:00-12:00", NOW },
		{ UTC, "2026-11-22T00:30+23:59", 1795221060 },
		{ BERLIN, "2026-07-01T00:00Z", 1782864000 },
		{ BERLIN, "2026-03-29T02:30Z", 1774751400 },
		{ UTC, "2024-02-29T00:00+01:00", 1709161200 },
		{ UTC, "2026-03-01T00:30+01:00", 1772321400 },
		{ UTC, "1970-01-01T01:00+01:00", 0 },
		{ UTC, "1969-12-31T23:00-01:00", 0 },
		{ UTC, "9999-12-31T23:59:59Z", INT64_C(253402300799) },
	};

	check_times(rows, ROWS(rows));
}

/* Of a time that is twice, the first; of one that is not, an hour beside. */
static void
changed_clocks(void)
{
	static const struct when_row rows[] = {
		{ BERLIN, "2026-03-29T02:30", 1774744200 },
		{ BERLIN, "2026-03-29T02:00:00", 1774742400 },
		{ NEW_YORK, "2026-03-08T02:30", 1772951400 },
	};
	static const struct when_row twice[] = {
		{ BERLIN, "2026-01-01T00:00", 1767222000 },
		{ BERLIN, "2026-10-25T02:30", 1792888200 },
		{ BERLIN, "2026-07-01T00:00", 1782856800 },
		{ BERLIN, "2026-10-25T02:30", 1792888200 },
		{ NEW_YORK, "2026-11-01T01:30", 1793511000 },
	};
	int64_t time;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].text);
		set_zone(rows[i].zone);
		time = -1;
		CHECK(when_parse(rows[i].text, NOW, &time) == NULL);
		CHECK(time == rows[i].time || time == rows[i].time + 3600);
	}
	set_zone(UTC);
	check_times(twice, ROWS(twice));
}

static void
ago(void)
{
	static const struct when_row rows[] = {
		{ BERLIN, "-8h", NOW - 28800 },
		{ BERLIN, "-8H", NOW - 28800 },
		{ UTC, "-90", NOW - 90 },
		{ UTC, "-90s", NOW - 90 },
		{ UTC, "-5m", NOW - 300 },
		{ UTC, "-2d", NOW - 172800 },
		{ UTC, "-1w", NOW - 604800 },
		{ UTC, "-0", NOW },
		{ UTC, "-1795330800", 0 },
	};

	check_times(rows, ROWS(rows));
}

static void
today(void)
{
	static const struct {
		const char *zone;
		int64_t now;
		int64_t today;
		int64_t yesterday;
	} rows[] = {
		{ UTC, NOW, 1795305600, 1795219200 },
		{ BERLIN, NOW, 1795302000, 1795215600 },
		{ NEW_YORK, NOW, 1795323600, 1795237200 },
		{ NEW_YORK, 1795323599, 1795237200, 1795150800 },
		{ BERLIN, 1795302000, 1795302000, 1795215600 },
		{ BERLIN, 1795301999, 1795215600, 1795129200 },
		/* The days of 23 hours, and the day after. */
		{ BERLIN, 1774821599, 1774738800, 1774652400 },
		{ BERLIN, 1774821600, 1774821600, 1774738800 },
		{ BERLIN, 1774821600 + 86399, 1774821600, 1774738800 },
		{ NEW_YORK, 1773028799, 1772946000, 1772859600 },
		{ NEW_YORK, 1773028800, 1773028800, 1772946000 },
		/* The days of 25 hours, and the day after. */
		{ BERLIN, 1792969199, 1792879200, 1792792800 },
		{ BERLIN, 1792969200, 1792969200, 1792879200 },
		{ NEW_YORK, 1793595599, 1793505600, 1793419200 },
		{ NEW_YORK, 1793595600, 1793595600, 1793505600 },
		/* A day that begins at 01:00. */
		{ CAIRO, 1776981600, 1776981600, 1776895200 },
		{ CAIRO, 1777064400, 1777064400, 1776981600 },
		/* The first of a month, of a year, of March. */
		{ BERLIN, 1774994400, 1774994400, 1774908000 },
		{ BERLIN, 1767222000, 1767222000, 1767135600 },
		{ UTC, 1709251200, 1709251200, 1709164800 },
	};
	int64_t time;

	for (size_t i = 0; i < ROWS(rows); i++) {
		set_zone(rows[i].zone);
		unit_about(rows[i].zone);
		CHECK(when_parse("today", rows[i].now, &time) == NULL);
		CHECK_NUMBER(time, rows[i].today);
		CHECK(when_parse("yesterday", rows[i].now, &time) == NULL);
		CHECK_NUMBER(time, rows[i].yesterday);
	}
	set_zone(UTC);
}

static void
no_times(void)
{
	static const char *const rows[] = { "", " ", "x", "now", "Today",
		"tomorrow", "today ", " today", "1.5", "+5", "0x10", "1e9",
		"1000000000000", "99999999999999999999", "-", "--5", "-x",
		"-8y", "-8h ", "- 8h", "-1.5h", "-8h30m", "8h", "-3155760001",
		"-1795330801", "-2026-11-22", "2026-11", "2026-11-", "2026-",
		"2026/11/22", "22.11.2026", "22-11-2026", "11/22/2026",
		" 2026-11-22", "2026- 1- 2", "2026-11-22  07:00",
		"2026-11-22T 7: 0", "2026-11-22T07:00:60",
		"2026-11-22T07:00+100", "2026-11-22T07:00+1:5", "10000-01-01",
		"2026-11-22T", "2026-11-22 ", "2026-11-22T07", "2026-11-22T7",
		"2026-11-22T24:00", "2026-11-22T07:60", "2026-11-22T07:00:62",
		"2026-11-22T07:00:", "2026-11-22T0700", "2026-11-22t07:00",
		"2026-11-22T07:00:00.5", "2026-11-22T07:00 ",
		"2026-11-22T07:00x", "2026-11-22x07:00", "2026-11-22Z",
		"2026-11-22+01:00", "2026-11-22T07:00z", "2026-11-22T07:00 Z",
		"2026-11-22T07:00ZZ", "2026-11-22T07:00+",
		"2026-11-22T07:00+01",
		"2026-11-22T07:00+01:", "2026-11-22T07:00+:00",
		"2026-11-22T07:00+24:00", "2026-11-22T07:00+01:60",
		"2026-11-22T07:00+01:000", "2026-11-22T07:00+01:00:00",
		"2026-11-22T07:00+001:00", "2026-11-22T07:00+-1:00",
		"2026-11-22T07:00+ 1:00", "2026-11-22T07:00+01:00Z",
		"2026-11-22T07:00CET", "2026-11-22T07:00 +01:00", "1969-12-31",
		"1969-12-31T23:59:59Z", "1970-01-01T00:00+00:01", "0000-01-01",
		"0001-01-01" };
	int64_t time;

	set_zone(UTC);
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *reason = when_parse(rows[i], NOW, &time);

		unit_about(rows[i]);
		if (CHECK(reason != NULL))
			CHECK_TEXT(reason, FORM);
	}
}

static void
no_days(void)
{
	static const char *const rows[] = { "2026-02-29", "2026-02-30",
		"2026-02-31", "2024-02-30", "2100-02-29", "2026-04-31",
		"2026-06-31", "2026-11-31", "2026-02-29T12:00",
		"2026-02-29T00:00:00Z", "2026-02-29T12:00+01:00",
		"2026-04-31T00:00-12:00", "2026-13-01", "2026-00-01",
		"2026-01-00", "2026-01-32" };
	static const char *const in[] = { UTC, BERLIN, NEW_YORK };
	int64_t time;

	for (size_t i = 0; i < ROWS(in) * ROWS(rows); i++) {
		const char *text = rows[i / ROWS(in)], *reason;

		unit_about(text);
		set_zone(in[i % ROWS(in)]);
		reason = when_parse(text, NOW, &time);
		if (CHECK(reason != NULL))
			CHECK_TEXT(reason, "is a day that does not exist");
	}
	set_zone(UTC);
}

static void
formats(void)
{
	static const struct when_row rows[] = {
		{ UTC, "1970-01-01 00:00:00", 0 },
		{ UTC, "2026-11-22 07:00:00", NOW },
		{ BERLIN, "2026-11-22 08:00:00", NOW },
		{ NEW_YORK, "2026-11-22 02:00:00", NOW },
		{ KOLKATA, "2026-11-22 12:30:00", NOW },
		{ BERLIN, "1970-01-01 01:00:00", 0 },
		{ NEW_YORK, "1969-12-31 19:00:00", 0 },
		{ UTC, "1969-12-31 23:59:59", -1 },
		{ UTC, "2024-02-29 23:59:59", 1709251199 },
		{ BERLIN, "2026-03-29 01:59:59", 1774745999 },
		{ BERLIN, "2026-03-29 03:00:00", 1774746000 },
		{ BERLIN, "2026-10-25 02:30:00", 1792888200 },
		{ BERLIN, "2026-10-25 02:30:00", 1792891800 },
		{ UTC, "33658-09-27 01:46:39", NUM_MAX },
		{ UTC, "2147483647-12-31 23:59:59",
		    INT64_C(67767976233532799) },
		{ UTC, "9223372036854775807", INT64_MAX },
		{ UTC, "-9223372036854775808", INT64_MIN },
	};
	char text[WHEN_TEXT_MAX];

	for (size_t i = 0; i < ROWS(rows); i++) {
		set_zone(rows[i].zone);
		when_format(rows[i].time, text);
		CHECK_TEXT(text, rows[i].text);
	}
	set_zone(UTC);
}

/* What is shown can be typed in. */
static void
round_trip(void)
{
	static const char *const in[] = { UTC, BERLIN, NEW_YORK, KOLKATA };
	char text[WHEN_TEXT_MAX];
	int64_t time;

	for (size_t i = 0; i < ROWS(in); i++) {
		set_zone(in[i]);
		for (int64_t t = 1767300000; t < 1767300000 + 366 * 86400;
		     t += 86400 + 3599) {
			when_format(t, text);
			unit_about(text);
			time = -1;
			CHECK(when_parse(text, NOW, &time) == NULL);
			CHECK_NUMBER(time, t);
		}
	}
	set_zone(UTC);
}

const struct unit_test unit_when[] = {
	{ "when: a number is epoch seconds, in any zone", epoch_seconds },
	{ "when: a date is the first second of that day, local", days },
	{ "when: a date and a time are local", local_times },
	{ "when: Z is UTC, an offset is so far ahead of it", zones },
	{ "when: a time that a change of the clocks leaves out or doubles is "
	  "one near by",
	    changed_clocks },
	{ "when: a duration behind a minus is so long ago", ago },
	{ "when: today and yesterday are the beginnings of days, be they short "
	  "or long",
	    today },
	{ "when: anything else is refused with the forms there are", no_times },
	{ "when: a day that does not exist is refused", no_days },
	{ "when: a time is shown in local time, one beyond all years as it is",
	    formats },
	{ "when: what is shown can be read again", round_trip }, { NULL, NULL }
};
