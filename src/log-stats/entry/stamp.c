/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/defaults.h"
#include "entry.h"
#include "scan.h"
#include "stamp.h"

enum {
	CLASSIC = 15, /* "Feb 10 17:01:35" */
	CLASSIC_MINUTE = 13,
	ISO = 19, /* "2026-02-10T17:01:35" */
};

static size_t
blanks(const char *at, const char *end)
{
	const char *from = at;

	while (at < end && *at == ' ')
		at++;
	return (size_t)(at - from);
}

/* "Jan": 0; -1: it is not the name of a month. */
static int
month_of(const char *name)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int month = 0; month < 12; month++)
		if (memcmp(names + 3 * month, name, 3) == 0)
			return month;
	return -1;
}

/* ".123456" or ",123": its length, and microseconds; 0: there is none. */
static size_t
read_fraction(const char *at, const char *end, int64_t *microseconds)
{
	int64_t unit = MICROSECONDS / 10;
	const char *from = at;

	*microseconds = 0;
	if (end - at < 2 || (*at != '.' && *at != ',') ||
	    !bytes_is_digit(at[1]))
		return 0;
	for (at++; at < end && bytes_is_digit(*at); at++, unit /= 10)
		*microseconds += (*at - '0') * unit;
	return (size_t)(at - from);
}

/* A year that is not known may be a leap year. */
enum { ANY_YEAR = 2000 };

static bool
is_date(int year, const struct time_parts *when)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return when->month >= 0 && when->month < 12 && when->day >= 1 &&
	    when->day <= days[when->month] - (when->month == 1 && !leap);
}

static bool
read_date(const char *at, struct time_parts *when)
{
	return time_read_date(at, when) && is_date(when->year, when);
}

static bool
read_classic(const char *at, struct time_parts *when)
{
	when->month = month_of(at);
	if (when->month < 0 || at[3] != ' ' || at[6] != ' ')
		return false;
	when->day = at[4] == ' ' && bytes_is_digit(at[5]) ?
	    at[5] - '0' :
	    time_two_digits(at + 4);
	return is_date(ANY_YEAR, when) && time_read_clock(at + 7, when);
}

/* Most stamps are of the same minute as the one before. */
static bool
same_minute(struct stamp_clock *clock, const char *at)
{
	int second = time_two_digits(at + CLASSIC_MINUTE);

	if (!scan_equal(at, clock->last_minute, CLASSIC_MINUTE) || second < 0 ||
	    second > 60)
		return false;
	clock->last_time = clock->minute_time + second * MICROSECONDS;
	return true;
}

static bool
another_minute(struct stamp_clock *clock, const char *at)
{
	struct time_parts when = { 0 };

	if (!read_classic(at, &when))
		return false;
	when.year = stamp_year_choose(clock, &when);
	memcpy(clock->last_minute, at, CLASSIC_MINUTE);
	clock->last_time = stamp_local_seconds(&when) * MICROSECONDS;
	clock->minute_time = clock->last_time - when.second * MICROSECONDS;
	return true;
}

static size_t
classic_stamp(
    struct stamp_clock *clock, const char *at, const char *end, int64_t *time)
{
	int64_t fraction;
	size_t len = CLASSIC;

	if (!same_minute(clock, at) && !another_minute(clock, at))
		return 0;
	*time = clock->last_time;
	if (at[CLASSIC] != ' ') {
		len += read_fraction(at + len, end, &fraction);
		*time += fraction;
	}
	return at + len < end && at[len] == ' ' ? len : 0;
}

static size_t
iso_stamp(const char *at, const char *end, int64_t *time)
{
	static char known[TIME_DATE_LENGTH + 1];
	static int64_t midnight;
	struct time_parts when = { 0 };
	int64_t fraction, seconds;
	size_t len = ISO, zone;
	int hours, minutes;

	if (end - at <= ISO || (at[10] != 'T' && at[10] != ' ') ||
	    !time_read_clock(at + 11, &when))
		return 0;
	seconds = when.hour * 3600 + when.minute * 60 + when.second;
	if (memcmp(at, known, TIME_DATE_LENGTH) != 0) {
		if (!read_date(at, &when))
			return 0;
		memcpy(known, at, TIME_DATE_LENGTH);
		midnight = time_parts_utc(&when) - seconds;
	}
	seconds += midnight;
	len += read_fraction(at + len, end, &fraction);
	zone = time_read_zone(at + len, end, &hours, &minutes);
	len += zone;
	if (at + len >= end || at[len] != ' ')
		return 0;
	if (zone == 0 && read_date(at, &when))
		seconds = stamp_local_seconds(&when);
	seconds -= hours * 3600 + minutes * 60;
	*time = seconds * MICROSECONDS + fraction;
	return len;
}

/* "Wed 2026-02-11 02:01:35 JST" */
static size_t
full_stamp(const char *at, const char *end, int64_t *time)
{
	struct time_parts when = { 0 };
	size_t len = 4 + ISO, zone;
	int64_t fraction;
	bool is_universal;

	if (end - at < 4 + ISO + 4 || at[3] != ' ' ||
	    !read_date(at + 4, &when) || at[14] != ' ' ||
	    !time_read_clock(at + 15, &when))
		return 0;
	len += read_fraction(at + len, end, &fraction);
	zone = len + 1;
	for (len++; at + len < end && at[len] != ' '; len++)
		;
	if (at + len >= end)
		return 0;
	is_universal = len - zone == 3 &&
	    (memcmp(at + zone, "UTC", 3) == 0 ||
		memcmp(at + zone, "GMT", 3) == 0);
	*time = (is_universal ? time_parts_utc(&when) :
				stamp_local_seconds(&when)) *
		MICROSECONDS +
	    fraction;
	return len;
}

/* "1770742895.123456" */
static size_t
unix_stamp(const char *at, const char *end, int64_t *time)
{
	int64_t seconds = 0, fraction;
	size_t len = 0, fraction_len;

	for (; at + len < end && len < 12 && bytes_is_digit(at[len]); len++)
		seconds = seconds * 10 + (at[len] - '0');
	if (len < 9)
		return 0;
	fraction_len = read_fraction(at + len, end, &fraction);
	len += fraction_len;
	if (fraction_len == 0 || at + len >= end || at[len] != ' ')
		return 0;
	*time = seconds * MICROSECONDS + fraction;
	return len;
}

/* "[    1.000000]" */
static size_t
boot_stamp(const char *at, const char *end)
{
	size_t len = 1 + blanks(at + 1, end);
	size_t digits = len;

	while (at + len < end && (bytes_is_digit(at[len]) || at[len] == '.'))
		len++;
	if (len == digits || end - at - (ptrdiff_t)len < 2 || at[len] != ']' ||
	    at[len + 1] != ' ')
		return 0;
	return len + 1;
}

/* A word, a day, a time: a month that is not English, such as 2月. */
static size_t
foreign_stamp(const char *at, const char *end)
{
	const char *line = at, *word;
	struct time_parts when;
	bool is_number = true;

	at += blanks(at, end);
	for (word = at; at < end && at - word < 24 && *at != ' '; at++)
		is_number &= bytes_is_digit(*at);
	if (is_number || at == end || *at != ' ')
		return 0;
	at += blanks(at, end);
	if (end - at < 12 || !bytes_is_digit(*at))
		return 0;
	at += bytes_is_digit(at[1]) ? 2 : 1;
	if (*at != ' ' || !time_read_clock(at + 1, &when) || at[9] != ' ')
		return 0;
	return (size_t)(at + 9 - line);
}

static size_t
other_stamp(const char *at, const char *end, int64_t *time)
{
	size_t len = full_stamp(at, end, time);

	if (len > 0)
		return len;
	*time = ENTRY_NO_TIME;
	return *at == '[' ? boot_stamp(at, end) : foreign_stamp(at, end);
}

size_t
stamp_read(struct stamp_clock *clock, struct bytes line, int64_t *time)
{
	const char *at = line.data;
	const char *end = at + line.len;
	size_t len = 0;

	if (line.len <= CLASSIC + 1)
		return 0;
	if (at[3] == ' ' && same_minute(clock, at) && at[CLASSIC] == ' ' &&
	    at[CLASSIC + 1] != ' ') {
		*time = clock->last_time;
		return CLASSIC + 1;
	}
	if (bytes_is_digit(*at)) {
		len = iso_stamp(at, end, time);
		if (len == 0)
			len = unix_stamp(at, end, time);
	} else if (at[3] == ' ')
		len = classic_stamp(clock, at, end, time);
	if (len == 0)
		len = other_stamp(at, end, time);
	return len == 0 ? 0 : len + blanks(at + len, end);
}

int64_t
stamp_in_year(struct bytes line)
{
	struct time_parts when = { 0 };

	if (line.len <= CLASSIC || !read_classic(line.data, &when))
		return -1;
	return stamp_year_position(&when);
}

int
stamp_latest_year(int64_t limit, struct bytes line)
{
	const struct stamp_clock clock = { .limit = limit };
	struct time_parts when = { 0 };

	if (line.len <= CLASSIC || !read_classic(line.data, &when))
		return 0;
	return stamp_year_latest(&clock, &when);
}
