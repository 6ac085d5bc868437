/* SPDX-License-Identifier: BSD-2-Clause */
/* Days, hours and seconds as stamps have them, and since the epoch. */
#ifndef CALENDAR_H
#define CALENDAR_H

#include <stdint.h>

struct calendar {
	int year;
	int month; /* from 0 */
	int day;
	int hour;
	int minute;
	int second;
};

enum { CALENDAR_DAY = 86400 };

/* Days since the epoch of a date of the Gregorian calendar. */
int64_t calendar_days(int year, int month, int day);

/* Seconds since the epoch, if it is UTC; and if it is local time. */
int64_t calendar_seconds(const struct calendar *);
int64_t calendar_local_seconds(const struct calendar *);

#endif
