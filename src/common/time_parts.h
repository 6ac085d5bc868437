/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dates, times of day and zones in texts, as options and the stamps of logs
 * have them. The caller makes sure that there are as many bytes as the form
 * has, and checks what is not said here, such as whether a month has this day.
 */
#ifndef TIME_PARTS_H
#define TIME_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct time_parts {
	int year;
	int month; /* from 0 */
	int day;
	int hour;
	int minute;
	int second;
};

/* -1: they are not two digits. */
static inline int
time_two_digits(const char *at)
{
	unsigned tens = (unsigned char)at[0] - '0';
	unsigned ones = (unsigned char)at[1] - '0';

	return tens > 9 || ones > 9 ? -1 : (int)(tens * 10 + ones);
}

enum { TIME_DATE_LENGTH = 10, TIME_MINUTE_LENGTH = 5, TIME_CLOCK_LENGTH = 8 };

/* "2026-02-10": a month from -1 to 98, a day from 0 to 99. */
bool time_read_date(const char *at, struct time_parts *);

/* "17:01", the second is 0. */
bool time_read_minute(const char *at, struct time_parts *);

/* "17:01:35"; 60 is a leap second. */
bool time_read_clock(const char *at, struct time_parts *);

/*
 * "Z", "+09:00", "-0330", "+09": how far ahead of UTC, each part from -99 to
 * 99. Returns the length; 0: there is no zone.
 */
size_t time_read_zone(
    const char *at, const char *end, int *hours, int *minutes);

/* For mktime(3), which finds out whether it is summer time. */
struct tm time_parts_tm(const struct time_parts *);

/* Seconds since the epoch, taken as UTC. */
int64_t time_parts_utc(const struct time_parts *);

#endif
