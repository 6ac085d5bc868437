/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Points in time, as the options of all programs take them, and as they are
 * shown. Local time is that of the TZ of the process.
 *   1795330800            epoch seconds
 *   2026-11-22            the beginning of the day, local
 *   2026-11-22T07:00      or with a blank for the T; local, with :SS if wanted
 *   ...T07:00:00Z, +01:00 the same in UTC, or where clocks are that far ahead
 *   -8h                   eight hours ago, see num_duration(); bare: seconds
 *   today, yesterday      the beginning of that day, local
 */
#ifndef WHEN_H
#define WHEN_H

#include <stdint.h>

#include "opt.h"

/* now: epoch seconds. NULL, or why the text is not a time. */
const char *when_parse(const char *text, int64_t now, int64_t *time);

/*
 * The same for the value of an option, such as "since"; NULL if it was not
 * given, then *time stays. False: it is not a time, see *problem.
 */
bool when_option(const char *option, const char *text, int64_t now,
    int64_t *time, struct opt_problem *problem);

/* "2026-11-22 07:00:00", local; a year has up to 12 digits. */
#define WHEN_TEXT_MAX 32
void when_format(int64_t time, char out[static WHEN_TEXT_MAX]);

#endif
