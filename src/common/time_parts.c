/* SPDX-License-Identifier: BSD-2-Clause */
#include "time_parts.h"

bool
time_read_date(const char *at, struct time_parts *parts)
{
	int century = time_two_digits(at), year = time_two_digits(at + 2);
	int month = time_two_digits(at + 5), day = time_two_digits(at + 8);

	parts->year = century * 100 + year;
	parts->month = month - 1;
	parts->day = day;
	return century >= 0 && year >= 0 && at[4] == '-' && month >= 0 &&
	    at[7] == '-' && day >= 0;
}

bool
time_read_minute(const char *at, struct time_parts *parts)
{
	parts->hour = time_two_digits(at);
	parts->minute = time_two_digits(at + 3);
	parts->second = 0;
	return at[2] == ':' && parts->hour >= 0 && parts->hour < 24 &&
	    parts->minute >= 0 && parts->minute < 60;
}

bool
time_read_clock(const char *at, struct time_parts *parts)
{
	if (!time_read_minute(at, parts))
		return false;
	parts->second = time_two_digits(at + 6);
	return at[5] == ':' && parts->second >= 0 && parts->second <= 60;
}

size_t
time_read_zone(const char *at, const char *end, int *hours, int *minutes)
{
	int sign;
	size_t len = 3;

	*hours = *minutes = 0;
	if (at < end && *at == 'Z')
		return 1;
	if (end - at < 3 || (*at != '+' && *at != '-') ||
	    time_two_digits(at + 1) < 0)
		return 0;
	sign = *at == '-' ? -1 : 1;
	*hours = sign * time_two_digits(at + 1);
	if (at + len < end && at[len] == ':')
		len++;
	if ((size_t)(end - at) < len + 2 || time_two_digits(at + len) < 0)
		return len;
	*minutes = sign * time_two_digits(at + len);
	return len + 2;
}

struct tm
time_parts_tm(const struct time_parts *parts)
{
	return (struct tm){ .tm_year = parts->year - 1900,
		.tm_mon = parts->month,
		.tm_mday = parts->day,
		.tm_hour = parts->hour,
		.tm_min = parts->minute,
		.tm_sec = parts->second,
		.tm_isdst = -1 };
}

/* A log has a million lines of a day: timegm(3) is asked once for them. */
int64_t
time_parts_utc(const struct time_parts *parts)
{
	static struct time_parts known = { .year = 1970, .day = 1 };
	static int64_t midnight;

	if (parts->day != known.day || parts->month != known.month ||
	    parts->year != known.year) {
		struct tm day = { .tm_year = parts->year - 1900,
			.tm_mon = parts->month,
			.tm_mday = parts->day };

		known = *parts;
		midnight = (int64_t)timegm(&day);
	}
	return midnight + parts->hour * 3600 + parts->minute * 60 +
	    parts->second;
}
