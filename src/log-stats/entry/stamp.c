/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/defaults.h"
#include "entry.h"
#include "scan.h"
#include "stamp.h"
#include "stamp_forms.h"
#include "stamp_parts.h"

enum {
	CLASSIC = 15, /* "Feb 10 17:01:35" */
	CLASSIC_MINUTE = 13
};

/* A year that is not known may be a leap year. */
enum { ANY_YEAR = 2000 };

static bool
read_date(const char *at, struct time_parts *when)
{
	return time_read_date(at, when) && stamp_is_date(when->year, when);
}

static bool
read_classic(const char *at, struct time_parts *when)
{
	when->month = stamp_month(at);
	if (when->month < 0 || at[3] != ' ' || at[6] != ' ')
		return false;
	when->day = at[4] == ' ' && bytes_is_digit(at[5]) ?
	    at[5] - '0' :
	    time_two_digits(at + 4);
	return stamp_is_date(ANY_YEAR, when) && time_read_clock(at + 7, when);
}

/* Most stamps are of the same minute as the one before. */
static bool
same_minute(struct stamp_clock *clock, const char *at)
{
	const char *last = clock->last_minute;
	int second = time_two_digits(at + CLASSIC_MINUTE);

	/* Both words at once: they differ together. */
	if ((scan_word(at) ^ scan_word(last)) |
		(scan_word(at + CLASSIC_MINUTE - 8) ^
		    scan_word(last + CLASSIC_MINUTE - 8)) ||
	    (unsigned)second > 60)
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
		len += stamp_fraction(at + len, end, &fraction);
		*time += fraction;
	}
	return at + len < end && at[len] == ' ' ? len : 0;
}

/* "Feb 1 17:01:35" */
static size_t
unpadded_stamp(struct stamp_clock *clock, struct bytes line, int64_t *time)
{
	enum { DAY = 4, MAX = CLASSIC + 16 };
	char padded[MAX];
	size_t len = line.len < MAX - 1 ? line.len : MAX - 1;

	if (!bytes_is_digit(line.data[DAY]) || line.data[DAY + 1] != ' ')
		return 0;
	memcpy(padded, line.data, DAY);
	padded[DAY] = ' ';
	memcpy(padded + DAY + 1, line.data + DAY, len - DAY);
	len = classic_stamp(clock, padded, padded + len + 1, time);
	return len == 0 ? 0 : len - 1;
}

static size_t
iso_stamp(const char *at, const char *end, int64_t *time)
{
	static char known[TIME_DATE_LENGTH + 1];
	static int64_t midnight;
	struct time_parts when = { 0 };
	int64_t fraction, seconds;
	size_t len = STAMP_ISO, zone;
	int hours, minutes;

	if (end - at <= STAMP_ISO ||
	    (at[10] != 'T' && at[10] != ' ' && at[10] != '_') ||
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
	len += stamp_fraction(at + len, end, &fraction);
	zone = time_read_zone(at + len, end, &hours, &minutes);
	len += zone;
	if (at + len >= end || at[len] != ' ')
		return 0;
	/* With "_" it is svlogd's, which is of UTC. */
	if (zone == 0 && at[10] != '_' && read_date(at, &when))
		seconds = stamp_local_seconds(&when);
	seconds -= hours * 3600 + minutes * 60;
	*time = seconds * MICROSECONDS + fraction;
	return len;
}

/* In a function of its own, so that the common stamp needs no registers saved.
 */
static __attribute__((noinline)) size_t
any_stamp(struct stamp_clock *clock, struct bytes line, int64_t *time)
{
	const char *at = line.data;
	const char *end = at + line.len;
	size_t len = 0;

	if (bytes_is_digit(*at))
		len = iso_stamp(at, end, time);
	else if (at[3] == ' ') {
		len = classic_stamp(clock, at, end, time);
		if (len == 0)
			len = unpadded_stamp(clock, line, time);
	}
	if (len == 0)
		len = stamp_form(at, end, time);
	return len == 0 ? 0 : len + stamp_blanks(at + len, end);
}

size_t
stamp_read(struct stamp_clock *clock, struct bytes line, int64_t *time)
{
	const char *at = line.data;

	if (line.len <= CLASSIC + 1)
		return 0;
	if (at[CLASSIC] != ' ' || at[CLASSIC + 1] == ' ' ||
	    !same_minute(clock, at))
		return any_stamp(clock, line, time);
	*time = clock->last_time;
	return CLASSIC + 1;
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
