/* SPDX-License-Identifier: BSD-2-Clause */
/* What stamps are made of. */
#ifndef STAMP_PARTS_H
#define STAMP_PARTS_H

#include "common/time_parts.h"
#include "entry.h"

/* "2026-02-10T17:01:35" */
enum { STAMP_ISO = 19 };

/* "Jan": 0; -1: it is not the name of a month. */
int stamp_month(const char *name);

/* How many blanks are there. */
size_t stamp_blanks(const char *at, const char *end);

/* ".123456" or ",123": its length, and microseconds; 0: there is none. */
size_t stamp_fraction(const char *at, const char *end, int64_t *microseconds);

/* Is there such a day? */
bool stamp_is_date(int year, const struct time_parts *);

#endif
