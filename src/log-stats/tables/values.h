/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often which number was seen, for exact percentiles. Postfix logs delays
 * with two significant digits, so that there are few different ones.
 */
#ifndef VALUES_H
#define VALUES_H

#include "hashes.h"

struct values {
	struct hashes table;
	uint64_t total;
	uint64_t dropped; /* not counted: there were too many different ones */
};

enum { VALUES_LIMIT = 16384 };

/* The value must not be negative. */
void values_add(struct values *, int64_t value);

/*
 * The smallest value that so many of a hundred are not above (nearest rank);
 * -1: there is none.
 */
int64_t values_percentile(const struct values *, unsigned percent);

#endif
