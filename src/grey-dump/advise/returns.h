/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many triplets came back, and after how long: the time between the first
 * and the last that was seen of them, which is the longest that a retry can
 * have taken. Triplets that never came back are deleted after the retry window,
 * so how many they are is said of those that began within it.
 */
#ifndef RETURNS_H
#define RETURNS_H

#include "grey-dump/row.h"

enum { RETURNS_BUCKETS = 12, RETURNS_DELAYS = 9 };

struct returns {
	int64_t young, young_returned, young_passed; /* in the retry window */
	int64_t returned;
	int64_t in_bucket[RETURNS_BUCKETS];
	int64_t served[RETURNS_DELAYS]; /* would have passed by this delay */
	int64_t gave_up; /* came back before the delay only, and not lately */
};

void returns_add(struct returns *, const struct settings *, const struct row *);
void returns_say(const struct returns *, const struct settings *);
void returns_json(const struct returns *, const struct settings *);

#endif
