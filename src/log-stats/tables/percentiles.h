/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often which number was seen, for exact percentiles. Postfix logs delays
 * with two significant digits, so that there are few different ones.
 */
#ifndef PERCENTILES_H
#define PERCENTILES_H

#include "table.h"

struct percentiles {
	struct table table;
	uint64_t total;
	uint64_t dropped; /* not counted: there were too many different ones */
};

enum { PERCENTILES_LIMIT = 16384 };

/* Negative values are not allowed. */
void percentiles_add(struct percentiles *, int64_t value);

/*
 * The smallest value that this many percent of all values do not exceed
 * (nearest rank); -1: there are no values.
 */
int64_t percentiles_at(const struct percentiles *, unsigned percent);

#endif
