/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <time.h>

#include "log-stats/entry/entry.h"
#include "log-stats/entry/stamp.h"
#include "unit.h"

#define NEW_YEAR INT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define MICROSECONDS INT64_C(1000000)

struct row {
	const char *line;
	int64_t time; /* microseconds */
	size_t len;
};

static void
set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void
check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct stamp_clock clock = { .year = 2026 };
		int64_t time = 0;

		unit_about(rows[i].line);
		CHECK_NUMBER(stamp_read(&clock, bytes_of(rows[i].line), &time),
		    rows[i].len);
		if (rows[i].len > 0)
			CHECK_NUMBER(time, rows[i].time);
	}
	unit_about(NULL);
}

static void
reads_forms(void)
{
	const int64_t noon = (NEW_YEAR + 43200) * MICROSECONDS;
	const struct row rows[] = {
		{ "Jan  1 12:00:00 mx1 ", noon, 16 },
		{ "Jan 01 12:00:00 mx1 ", noon, 16 },
		{ "Jan  1 12:00:00.25 mx1 ", noon + 250000, 19 },
		{ "2026-01-01T12:00:00Z mx1 ", noon, 21 },
		{ "2026-01-01 12:00:00 mx1 ", noon, 20 },
		{ "2026-01-01T13:30:00.000001+01:30 mx1 ", noon + 1, 33 },
		{ "2026-01-01T13:30:00+0130 mx1 ", noon, 25 },
		{ "2026-01-01T11:00:00-01 mx1 ", noon, 23 },
		{ "Thu 2026-01-01 12:00:00 UTC mx1 ", noon, 28 },
		{ "1767268800.000000 mx1 ", noon, 18 },
		{ "[    1.000000] mx1 postfix ", ENTRY_NO_TIME, 15 },
		{ "\xce\x91\xcf\x80\xcf\x81 15 12:20:28 mx2 ", ENTRY_NO_TIME,
		    19 },
	};

	set_zone("UTC");
	check_rows(rows, ROWS(rows));
}

static void
refuses_others(void)
{
	const struct row rows[] = {
		{ "", 0, 0 },
		{ "Jan  1 12:00:00", 0, 0 },
		{ "Jan  1 24:00:00 mx1 ", 0, 0 },
		{ "Jan  1 12:00:00mx1 x", 0, 0 },
		{ "2026-13-01T12:00:00Z mx1 ", 0, 0 },
		{ "2026-01-01T12:00:00X mx1 ", 0, 0 },
		{ "connect from unknown[192.0.2.1]", 0, 0 },
	};

	check_rows(rows, ROWS(rows));
}

/* Each stamp of a log, and the year that it must get. */
static void
check_years(
    struct stamp_clock clock, const char *const *stamps, const int *years)
{
	for (; *stamps != NULL; stamps++, years++) {
		int64_t time = 0;
		time_t seconds;
		struct tm tm = { 0 };

		unit_about(*stamps);
		CHECK(stamp_read(&clock, bytes_of(*stamps), &time) > 0);
		seconds = time / MICROSECONDS;
		gmtime_r(&seconds, &tm);
		CHECK_NUMBER(tm.tm_year + 1900, *years);
	}
	unit_about(NULL);
}

static void
knows_days(void)
{
	static const struct {
		const char *stamp;
		bool is_one;
	} rows[] = { { "Feb 29 12:00:00 mx1 ", true },
		{ "Feb 30 12:00:00 mx1 ", false },
		{ "Apr 31 12:00:00 mx1 ", false },
		{ "Dec 31 12:00:00 mx1 ", true },
		{ "2026-02-28T12:00:00+00:00 ", true },
		{ "2026-02-29T12:00:00+00:00 ", false },
		{ "2024-02-29T12:00:00+00:00 ", true },
		{ "2100-02-29T12:00:00+00:00 ", false },
		{ "2000-02-29T12:00:00+00:00 ", true } };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct stamp_clock clock = { .limit = NEW_YEAR, .year = 2023 };
		int64_t time = ENTRY_NO_TIME;
		size_t len = stamp_read(&clock, bytes_of(rows[i].stamp), &time);

		unit_about(rows[i].stamp);
		CHECK((len > 0 && time != ENTRY_NO_TIME) == rows[i].is_one);
	}
	unit_about(NULL);
}

static void
counts_years(void)
{
	const char *const stamps[] = { "Dec 31 23:59:59 mx1 ",
		"Jan  1 00:00:00 mx1 ", "Jun  1 00:00:00 mx1 ",
		"Feb  1 00:00:00 mx1 ", NULL };
	const int years[] = { 2023, 2024, 2024, 2025 };

	set_zone("UTC");
	check_years((struct stamp_clock){ .limit = NEW_YEAR, .year = 2023 },
	    stamps, years);
}

static void
keeps_year_when_clock_jumps(void)
{
	const char *const stamps[] = { "Mar  1 00:00:01 mx1 ",
		"Feb 28 23:59:59 mx1 ", "Mar  1 00:00:02 mx1 ", NULL };
	const int years[] = { 2025, 2025, 2025 };
	const char *const boot[] = { "Nov 22 12:00:00 mx1 ",
		"Jan  1 00:00:03 mx1 ", "Nov 22 12:00:20 mx1 ", NULL };
	const int booted[] = { 2025, 2025, 2025 };

	set_zone("UTC");
	check_years((struct stamp_clock){ .limit = NEW_YEAR + 86400 * 300 },
	    stamps, (const int[]){ 2026, 2026, 2026 });
	check_years((struct stamp_clock){ .limit = NEW_YEAR, .year = 2025 },
	    stamps, years);
	check_years((struct stamp_clock){ .limit = NEW_YEAR - 86400 * 30 },
	    boot, booted);
}

static void
takes_latest_year_that_can_be(void)
{
	const char *const after[] = { "Jan  2 00:00:01 mx1 ", NULL };
	const char *const before[] = { "Dec 31 00:00:00 mx1 ", NULL };

	set_zone("UTC");
	check_years((struct stamp_clock){ .limit = NEW_YEAR + 86400 }, after,
	    (const int[]){ 2025 });
	check_years((struct stamp_clock){ .limit = NEW_YEAR }, before,
	    (const int[]){ 2025 });
}

const struct unit_test unit_stamp[] = {
	{ "a stamp is read in all forms that logs have", reads_forms },
	{ "what is no stamp is none", refuses_others },
	{ "30 February is no date, 29 February is one in leap years",
	    knows_days },
	{ "a month that decreases begins a year", counts_years },
	{ "a clock that jumps back begins none, nor does one that was wrong",
	    keeps_year_when_clock_jumps },
	{ "the first stamp is of the latest year that the limit allows",
	    takes_latest_year_that_can_be },
	{ NULL, NULL },
};
