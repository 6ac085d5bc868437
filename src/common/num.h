/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decimal numbers and durations, with bounds, and a reason when they are wrong.
 * Nothing else in the grey tools turns text into a number.
 */
#ifndef NUM_H
#define NUM_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes.h"

/* The largest time or count that is stored or believed: about year 31,688. */
#define NUM_MAX INT64_C(999999999999)
/* Room for any number up to NUM_MAX, its sign and the end of the string. */
#define NUM_TEXT_MAX 16

struct num_range {
	int64_t min;
	int64_t max;
};

/*
 * One or more digits and nothing else, at most NUM_MAX. False: not so, and
 * *number is untouched.
 */
bool num_decimal(struct bytes text, int64_t *number);

/*
 * A decimal in [range.min, range.max]. NULL, or the reason why not, for a
 * message such as "--ipv4cidr=99: must be from 1 to 32"; the reason lies in a
 * static buffer until the next call.
 */
const char *num_parse(
    const char *text, struct num_range range, int64_t *number);

/*
 * A decimal with one of the units s, m, h, d, w behind it; a bare number counts
 * in `unit` seconds. The range is in seconds. Result as num_parse().
 */
const char *num_duration(
    const char *text, int64_t unit, struct num_range range, int64_t *seconds);

/* Writes the decimal without a final NUL and returns its length. number >= 0.
 */
size_t num_format(int64_t number, char out[static NUM_TEXT_MAX]);

#endif
