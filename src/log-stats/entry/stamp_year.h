/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stamps leave out: the year of those that have none, see stamp.h, and the
 * zone of those that are local time.
 */
#ifndef STAMP_YEAR_H
#define STAMP_YEAR_H

#include "common/time_parts.h"

/* Of one log, from one stamp to the next. */
struct stamp_clock {
	int64_t limit; /* seconds: no stamp is later; 0: now */
	int year;      /* of the next stamp without one; 0: from the limit */
	int64_t last_in_year; /* seconds; of the last stamp without a year */
	char last_minute[16]; /* of the last such stamp: all but its seconds */
	int64_t minute_time;  /* microseconds; when that minute began */
	int64_t last_time;    /* the same, of the stamp */
};

/* The year of the next stamp of a log. */
int stamp_year_choose(struct stamp_clock *, const struct time_parts *);

/* The one that makes it the latest before the limit of the clock. */
int stamp_year_latest(const struct stamp_clock *, const struct time_parts *);

/* The seconds since its year began, as if that had 31 days in each month. */
int64_t stamp_year_position(const struct time_parts *);

/*
 * From one such position to the next, a new year has begun, or the old one is
 * back: a line that comes late.
 */
bool stamp_new_year(int64_t before, int64_t after);
bool stamp_old_year(int64_t before, int64_t after);

/* Seconds since the epoch of a local time. */
int64_t stamp_local_seconds(const struct time_parts *);

#endif
