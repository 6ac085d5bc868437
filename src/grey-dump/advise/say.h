/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the advice are written with; see put.h. */
#ifndef SAY_H
#define SAY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/num.h"

/* At most 1023 bytes at a time. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "90s", "5m", "12h", "35d": in the largest unit that it is whole in. */
struct say_time {
	char text[NUM_TEXT_MAX + 1];
};
struct say_time say_time(int64_t seconds);

/* What makes a noun of so many plural. */
const char *say_s(int64_t);

/* Of all, in percent; 0 of none. */
double say_share(int64_t part, int64_t all);

/* What is between the elements of a JSON array, before the one of this index.
 */
const char *say_comma(size_t index);

#endif
