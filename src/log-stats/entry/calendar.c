/* SPDX-License-Identifier: BSD-2-Clause */
#include <time.h>

#include "calendar.h"

int64_t
calendar_days(int year, int month, int day)
{
	int64_t shifted = month < 2 ? year - 1 : year;
	int64_t era = shifted / 400;
	int64_t year_of_era = shifted - era * 400;
	int64_t day_of_year = (153 * ((month + 10) % 12) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
	    year_of_era / 100 + day_of_year - 719468;
}

int64_t
calendar_seconds(const struct calendar *when)
{
	return calendar_days(when->year, when->month, when->day) *
	    CALENDAR_DAY +
	    when->hour * 3600 + when->minute * 60 + when->second;
}

/* Asks for the zone once in an hour of the log, not once a line. */
int64_t
calendar_local_seconds(const struct calendar *when)
{
	static int64_t hour_known = INT64_MIN, offset;
	int64_t seconds = calendar_seconds(when);
	struct tm tm = { .tm_year = when->year - 1900,
		.tm_mon = when->month,
		.tm_mday = when->day,
		.tm_hour = when->hour,
		.tm_isdst = -1 };

	if (seconds / 3600 != hour_known) {
		hour_known = seconds / 3600;
		offset = (int64_t)mktime(&tm) - hour_known * 3600;
	}
	return seconds + offset;
}
