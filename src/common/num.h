/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decimal numbers and durations of options, records and lists, with bounds and
 * a reason when they are wrong. Only log-stats, which reads millions of numbers
 * a second, and what unescapes hexadecimal digits have readers of their own.
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

/* Room for the longest reason, which names the bounds. */
#define NUM_REASON_MAX 128

/*
 * One or more digits and nothing else, at most NUM_MAX. False: it is something
 * else, and *number is untouched.
 */
bool num_decimal(struct bytes text, int64_t *number);

/*
 * A decimal in [range.min, range.max]. False: *number is untouched, and reason
 * is for a message such as "--ipv4cidr=99: must be a number from 1 to 32".
 */
bool num_parse(const char *text, struct num_range range, int64_t *number,
    char reason[static NUM_REASON_MAX]);

/*
 * A decimal followed by one of the units s, m, h, d, w; a bare number counts in
 * `unit` seconds. The range is in seconds. Results as num_parse().
 */
bool num_duration(const char *text, int64_t unit, struct num_range range,
    int64_t *seconds, char reason[static NUM_REASON_MAX]);

/*
 * A decimal of bytes, or of K, M, G or T, each 1024 of the one before. The
 * range is in bytes. Results as num_parse().
 */
bool num_size(const char *text, struct num_range range, int64_t *bytes,
    char reason[static NUM_REASON_MAX]);

/* Writes the decimal, which is not negative, without a final NUL and returns
 * its length. */
size_t num_format(int64_t number, char out[static NUM_TEXT_MAX]);

#endif
