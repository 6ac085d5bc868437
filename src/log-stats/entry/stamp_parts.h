/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of stamps. The caller knows that so much text is there, or gives
 * its end.
 */
#ifndef STAMP_PARTS_H
#define STAMP_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calendar.h"

/* -1: they are none. */
int stamp_two_digits(const char *at);

/* "Jan": 0; -1: it is none. */
int stamp_month_of(const char *name);

/* "17:01:35" */
bool stamp_read_clock(const char *at, struct calendar *when);

/* "2026-02-10" */
bool stamp_read_date(const char *at, struct calendar *when);

/* ".123456" or ",123": microseconds, and how long it is; 0: it is none. */
size_t stamp_read_fraction(
    const char *at, const char *end, int64_t *microseconds);

/* Z, +09:00, +0900, +09: its length, and the seconds it is ahead of UTC; 0: it
 * is none. */
size_t stamp_read_zone(const char *at, const char *end, int64_t *ahead);

#endif
