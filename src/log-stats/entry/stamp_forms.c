/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/bytes.h"
#include "stamp_forms.h"
#include "stamp_parts.h"
#include "stamp_year.h"

static bool
read_date(const char *at, struct time_parts *when)
{
	return time_read_date(at, when) && stamp_is_date(when->year, when);
}

/* "Wed 2026-02-11 02:01:35 JST" */
static size_t
full_stamp(const char *at, const char *end, int64_t *time)
{
	struct time_parts when = { 0 };
	size_t len = 4 + STAMP_ISO, zone;
	int64_t fraction;
	bool is_universal;

	if (end - at < 4 + STAMP_ISO + 4 || at[3] != ' ' ||
	    !read_date(at + 4, &when) || at[14] != ' ' ||
	    !time_read_clock(at + 15, &when))
		return 0;
	len += stamp_fraction(at + len, end, &fraction);
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
	fraction_len = stamp_fraction(at + len, end, &fraction);
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
	size_t len = 1 + stamp_blanks(at + 1, end);
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

	at += stamp_blanks(at, end);
	for (word = at; at < end && at - word < 24 && *at != ' '; at++)
		is_number &= bytes_is_digit(*at);
	if (is_number || at == end || *at != ' ')
		return 0;
	at += stamp_blanks(at, end);
	if (end - at < 12 || !bytes_is_digit(*at))
		return 0;
	at += bytes_is_digit(at[1]) ? 2 : 1;
	if (*at != ' ' || !time_read_clock(at + 1, &when) || at[9] != ' ')
		return 0;
	return (size_t)(at + 9 - line);
}

/* The local time, and the fraction after it, which ends with a blank. */
static size_t
finish(const char *at, const char *end, size_t len,
    const struct time_parts *when, int64_t *time)
{
	int64_t fraction;

	if (!stamp_is_date(when->year, when))
		return 0;
	len += stamp_fraction(at + len, end, &fraction);
	if (at + len >= end || at[len] != ' ')
		return 0;
	*time = stamp_local_seconds(when) * MICROSECONDS + fraction;
	return len;
}

/* "2026" and what must stand after it; 0: it is no year. */
static int
read_year(const char *at, char after)
{
	int century = time_two_digits(at), year = time_two_digits(at + 2);

	return century < 19 || century > 29 || year < 0 || at[4] != after ?
	    0 :
	    century * 100 + year;
}

/* " 1", "01", or "1": its length; 0: it is no day. */
static size_t
read_day(const char *at, int *day)
{
	const char *digit = *at == ' ' ? at + 1 : at;
	bool two = bytes_is_digit(digit[0]) && bytes_is_digit(digit[1]);

	if (!bytes_is_digit(*digit))
		return 0;
	*day = two ? time_two_digits(digit) : *digit - '0';
	return (size_t)(digit - at) + (two ? 2 : 1);
}

/* "Feb 10 " */
static size_t
read_month_and_day(const char *at, struct time_parts *when)
{
	size_t len;

	when->month = stamp_month(at);
	if (when->month < 0 || at[3] != ' ')
		return 0;
	len = read_day(at + 4, &when->day);
	return len == 0 || at[4 + len] != ' ' ? 0 : 4 + len + 1;
}

enum { LONGEST = 26 }; /* that the forms with a year have, and some */

/* "2013 Jun 16 16:05:06", "2024/05/01 12:00:00" */
static size_t
year_first_stamp(const char *at, const char *end, int64_t *time)
{
	struct time_parts when = { 0 };
	size_t len;

	if (end - at < LONGEST)
		return 0;
	when.year = read_year(at, at[4] == '/' ? '/' : ' ');
	if (when.year == 0)
		return 0;
	if (at[4] == '/') {
		when.month = time_two_digits(at + 5) - 1;
		when.day = time_two_digits(at + 8);
		len = at[7] == '/' && at[10] == ' ' ? 11 : 0;
	} else {
		len = read_month_and_day(at + 5, &when);
		len += len == 0 ? 0 : 5;
	}
	return len == 0 || !time_read_clock(at + len, &when) ?
	    0 :
	    finish(at, end, len + TIME_CLOCK_LENGTH, &when, time);
}

/* "May  1 2024 12:00:00" */
static size_t
year_within_stamp(const char *at, const char *end, int64_t *time)
{
	struct time_parts when = { 0 };
	size_t len;

	if (end - at < LONGEST || (len = read_month_and_day(at, &when)) == 0)
		return 0;
	when.year = read_year(at + len, ' ');
	return when.year == 0 || !time_read_clock(at + len + 5, &when) ?
	    0 :
	    finish(at, end, len + 5 + TIME_CLOCK_LENGTH, &when, time);
}

/* "Tue Feb 10 17:01:35 2026" of OpenWrt */
static size_t
year_last_stamp(const char *at, const char *end, int64_t *time)
{
	struct time_parts when = { 0 };
	size_t len;

	if (end - at < LONGEST || at[3] != ' ' ||
	    (len = read_month_and_day(at + 4, &when)) == 0)
		return 0;
	len += 4;
	if (!time_read_clock(at + len, &when) ||
	    at[len + TIME_CLOCK_LENGTH] != ' ')
		return 0;
	len += TIME_CLOCK_LENGTH + 1;
	when.year = read_year(at + len, ' ');
	return when.year == 0 ? 0 : finish(at, end, len + 4, &when, time);
}

/* "@4000000065c7a8f72b3c1d4c": TAI64N, of multilog and svlogd. */
static size_t
tai_stamp(const char *at, const char *end, int64_t *time)
{
	enum { DIGITS = 24, SECONDS_DIGITS = 16, UTC_TO_TAI = 10 };
	const char *const digits = "0123456789abcdef";
	int64_t seconds = 0, nanoseconds = 0;

	if (end - at < 1 + DIGITS + 1 || *at != '@' || at[1 + DIGITS] != ' ')
		return 0;
	for (int i = 0; i < DIGITS; i++) {
		const char *digit = at[1 + i] == '\0' ?
		    NULL :
		    strchr(digits, at[1 + i]);

		if (digit == NULL || (i == 0 && *digit != '4'))
			return 0;
		if (i >= SECONDS_DIGITS)
			nanoseconds = nanoseconds * 16 + (digit - digits);
		else if (i > 0)
			seconds = seconds * 16 + (digit - digits);
	}
	if (seconds > INT64_C(1) << 40)
		return 0;
	*time = (seconds - UTC_TO_TAI) * MICROSECONDS + nanoseconds / 1000;
	return 1 + DIGITS;
}

size_t
stamp_form(const char *at, const char *end, int64_t *time)
{
	size_t len = 0;

	if (bytes_is_digit(*at)) {
		len = unix_stamp(at, end, time);
		if (len == 0)
			len = year_first_stamp(at, end, time);
	} else if (*at == '@')
		len = tai_stamp(at, end, time);
	else if (at[3] == ' ') {
		len = year_within_stamp(at, end, time);
		if (len == 0)
			len = year_last_stamp(at, end, time);
		if (len == 0)
			len = full_stamp(at, end, time);
	}
	if (len > 0)
		return len;
	*time = ENTRY_NO_TIME;
	return *at == '[' ? boot_stamp(at, end) : foreign_stamp(at, end);
}
