/* SPDX-License-Identifier: BSD-2-Clause */
/* Spans of time for eyes, in one unit: "12 s", "5 min", "47 h", "3 d", "55 y".
 */
#ifndef SPAN_H
#define SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SPAN_TEXT_MAX = 32 };

enum { SPAN_MINUTE = 60 };

/*
 * Writes the span in seconds, 0 if it is less, with two digits where that is
 * possible, and in seconds below `seconds`. Returns its length.
 */
size_t span_format(int64_t span, int64_t seconds, bool rounded_up,
    char out[static SPAN_TEXT_MAX]);

#endif
