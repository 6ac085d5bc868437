/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/defaults.h"
#include "stamp_year.h"

enum {
	NEW_YEAR_DAYS = 7, /* no clock jumps back so far */
	OLD_YEAR_DAYS = 300
};

bool
stamp_new_year(int64_t before, int64_t after)
{
	return after < before - (int64_t)NEW_YEAR_DAYS * SECONDS_A_DAY;
}

bool
stamp_old_year(int64_t before, int64_t after)
{
	return after > before + (int64_t)OLD_YEAR_DAYS * SECONDS_A_DAY;
}

int64_t
stamp_year_position(const struct time_parts *when)
{
	return (int64_t)(when->month * 31 + when->day - 1) * SECONDS_A_DAY +
	    when->hour * 3600 + when->minute * 60 + when->second;
}

/* Asks for the zone once in an hour of the log, not once a line. */
int64_t
stamp_local_seconds(const struct time_parts *when)
{
	static int64_t hour_known = INT64_MIN, offset;
	int64_t seconds = time_parts_utc(when);
	struct tm hour;

	if (seconds / 3600 != hour_known) {
		hour = time_parts_tm(when);
		hour.tm_min = hour.tm_sec = 0;
		hour_known = seconds / 3600;
		offset = (int64_t)mktime(&hour) - hour_known * 3600;
	}
	return seconds + offset;
}

static int64_t
limit_of(const struct stamp_clock *clock)
{
	return clock->limit != 0 ? clock->limit :
				   (int64_t)time(NULL) + SECONDS_A_DAY;
}

static bool
is_too_late(const struct stamp_clock *clock, struct time_parts when, int year)
{
	when.year = year;
	return time_parts_utc(&when) > limit_of(clock) + SECONDS_A_DAY ||
	    stamp_local_seconds(&when) > limit_of(clock);
}

int
stamp_year_latest(
    const struct stamp_clock *clock, const struct time_parts *when)
{
	time_t limit = limit_of(clock);
	struct tm tm;
	int year = localtime_r(&limit, &tm) != NULL ? tm.tm_year + 1900 : 1970;

	return is_too_late(clock, *when, year) ? year - 1 : year;
}

int
stamp_year_choose(struct stamp_clock *clock, const struct time_parts *when)
{
	int64_t now = stamp_year_position(when);
	int64_t before = clock->last_in_year;

	if (clock->year == 0)
		clock->year = stamp_year_latest(clock, when);
	else if (stamp_new_year(before, now) &&
	    !is_too_late(clock, *when, clock->year + 1))
		clock->year++;
	else if (stamp_old_year(before, now) &&
	    is_too_late(clock, *when, clock->year))
		clock->year--;
	clock->last_in_year = now;
	return clock->year;
}
