/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "defaults.h"
#include "num.h"
#include "time_parts.h"
#include "when.h"

static const char form[] =
    "must be epoch seconds, or like 2026-11-22 or 2026-11-22T07:00:00, which Z "
    "or +01:00 may follow, or today, yesterday, or like -8h";

/* The beginning of the day that is `days` after that of now. */
static const char *
midnight(int64_t now, int days, int64_t *result)
{
	time_t seconds = (time_t)now;
	struct tm day;

	if (localtime_r(&seconds, &day) == NULL)
		return form;
	day.tm_mday += days;
	day.tm_hour = day.tm_min = day.tm_sec = 0;
	day.tm_isdst = -1;
	*result = (int64_t)mktime(&day);
	return NULL;
}

/*
 * Of a time that is there twice, when the clocks go back, the first; of one
 * that is not there, when they go forward, what mktime(3) makes of it.
 */
static time_t
local_time(const struct time_parts *parts)
{
	struct tm given = time_parts_tm(parts);
	time_t found = -1;

	for (int summer = 0; summer <= 1; summer++) {
		struct tm copy = given, back;
		time_t time;

		copy.tm_isdst = summer;
		time = mktime(&copy);
		if (localtime_r(&time, &back) != NULL &&
		    back.tm_min == given.tm_min &&
		    back.tm_hour == given.tm_hour &&
		    back.tm_mday == given.tm_mday &&
		    (found == -1 || time < found))
			found = time;
	}
	return found == -1 ? mktime(&given) : found;
}

/* What may follow the date: "T07:00", "T07:00:00". Its length, or 0. */
static size_t
read_clock(const char *at, const char *end, struct time_parts *parts)
{
	size_t room = (size_t)(end - at);

	if (room <= TIME_MINUTE_LENGTH || (*at != 'T' && *at != ' '))
		return 0;
	if (room > TIME_CLOCK_LENGTH && time_read_clock(at + 1, parts) &&
	    parts->second < 60)
		return 1 + TIME_CLOCK_LENGTH;
	return time_read_minute(at + 1, parts) ? 1 + TIME_MINUTE_LENGTH : 0;
}

/* All the rest: "Z", "+01:00", "-0530". */
static bool
read_zone(const char *at, const char *end, int *ahead)
{
	int hours, minutes;
	size_t len = time_read_zone(at, end, &hours, &minutes);

	*ahead = (hours * 60 + minutes) * 60;
	return at + len == end &&
	    (len == strlen("Z") || len >= strlen("+0100")) && abs(hours) < 24 &&
	    abs(minutes) < 60;
}

static const char *
read_iso(const char *text, int64_t *result)
{
	const char *end = text + strlen(text), *at = text + TIME_DATE_LENGTH;
	struct time_parts parts = { 0 };
	struct tm day;
	size_t clock;
	int ahead = 0;

	if (at > end || !time_read_date(text, &parts))
		return form;
	day = time_parts_tm(&parts);
	(void)timegm(&day);
	if (day.tm_mday != parts.day || day.tm_mon != parts.month)
		return "is a day that does not exist";
	if (at < end) {
		clock = read_clock(at, end, &parts);
		at += clock;
		if (clock == 0 || (at < end && !read_zone(at, end, &ahead)))
			return form;
	}
	*result = at == end ? local_time(&parts) :
			      time_parts_utc(&parts) - ahead;
	return *result < 0 || *result > NUM_MAX ? form : NULL;
}

const char *
when_parse(const char *text, int64_t now, int64_t *result)
{
	const struct num_range range = { 0, SECONDS_100_YEARS };
	char reason[NUM_REASON_MAX];
	int64_t ago;

	if (strcmp(text, "today") == 0)
		return midnight(now, 0, result);
	if (strcmp(text, "yesterday") == 0)
		return midnight(now, -1, result);
	if (num_decimal(bytes_of(text), result))
		return NULL;
	if (*text != '-')
		return read_iso(text, result);
	if (!num_duration(text + 1, 1, range, &ago, reason))
		return form;
	*result = now - ago;
	return *result < 0 ? form : NULL;
}

bool
when_option(const char *option, const char *text, int64_t now, int64_t *time,
    struct opt_problem *problem)
{
	const char *reason = text == NULL ? NULL : when_parse(text, now, time);

	return reason == NULL ||
	    opt_refuse(problem, "--%s=%s: %s", option, text, reason);
}

void
when_format(int64_t time, char out[static WHEN_TEXT_MAX])
{
	time_t seconds = (time_t)time;
	struct tm local;

	if (localtime_r(&seconds, &local) == NULL ||
	    strftime(out, WHEN_TEXT_MAX, "%Y-%m-%d %H:%M:%S", &local) == 0)
		snprintf(out, WHEN_TEXT_MAX, "%lld", (long long)time);
}
