/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "defaults.h"
#include "num.h"
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

/* Does the text begin like the pattern, where 0 stands for any digit? */
static bool
begins_like(const char *text, const char *pattern)
{
	for (; *pattern != '\0'; text++, pattern++) {
		if (*pattern == '0' ? *text < '0' || *text > '9' :
				      *text != *pattern)
			return false;
	}
	return true;
}

static int
two_digits(const char *text)
{
	return (text[0] - '0') * 10 + text[1] - '0';
}

/* "Z", "+01:00", "-0530" to seconds ahead of UTC. */
static bool
read_zone(const char *text, int *ahead)
{
	const char *minutes;
	bool colon;

	*ahead = 0;
	if (strcmp(text, "Z") == 0)
		return true;
	if (*text != '+' && *text != '-')
		return false;
	colon = begins_like(text + 1, "00:00");
	if (!colon && !begins_like(text + 1, "0000"))
		return false;
	minutes = text + (colon ? 4 : 3);
	if (minutes[2] != '\0' || two_digits(text + 1) > 23 ||
	    two_digits(minutes) > 59)
		return false;
	*ahead = (two_digits(text + 1) * 60 + two_digits(minutes)) * 60;
	if (*text == '-')
		*ahead = -*ahead;
	return true;
}

/* What follows the date: "", "T07:00", "T07:00:00". Returns what is behind. */
static const char *
read_clock(const char *text, struct tm *time)
{
	if (*text == '\0')
		return text;
	if ((*text != 'T' && *text != ' ') || !begins_like(text + 1, "00:00"))
		return NULL;
	time->tm_hour = two_digits(text + 1);
	time->tm_min = two_digits(text + 4);
	text += strlen("T00:00");
	if (begins_like(text, ":00")) {
		time->tm_sec = two_digits(text + 1);
		text += strlen(":00");
	}
	if (time->tm_hour > 23 || time->tm_min > 59 || time->tm_sec > 59)
		return NULL;
	return text;
}

/*
 * Of a time that is there twice, when the clocks go back, the first; of one
 * that is not there, when they go forward, what mktime(3) makes of it.
 */
static time_t
local_time(struct tm given)
{
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
	given.tm_isdst = -1;
	return found == -1 ? mktime(&given) : found;
}

static const char *
read_iso(const char *text, int64_t *result)
{
	struct tm time = { 0 }, day;
	const char *rest;
	int ahead = 0;

	if (!begins_like(text, "0000-00-00"))
		return form;
	time.tm_year = two_digits(text) * 100 + two_digits(text + 2) - 1900;
	time.tm_mon = two_digits(text + 5) - 1;
	time.tm_mday = two_digits(text + 8);
	day = time;
	(void)timegm(&day);
	if (day.tm_mday != time.tm_mday || day.tm_mon != time.tm_mon)
		return "is a day that does not exist";
	rest = read_clock(text + strlen("0000-00-00"), &time);
	if (rest == NULL || (*rest != '\0' && !read_zone(rest, &ahead)))
		return form;
	*result = (*rest == '\0' ? local_time(time) : timegm(&time)) - ahead;
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
