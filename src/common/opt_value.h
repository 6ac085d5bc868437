/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The value of one option: text to what its row says.
 */
#ifndef OPT_VALUE_H
#define OPT_VALUE_H

#include "opt_table.h"

/* Room for the longest reason, which lists the words of a choice. */
enum { OPT_REASON_MAX = 256 };

/*
 * target: where the value of this kind is. text: kept by reference by those
 * that are texts. False: the text can't be the value, the target is as it was,
 * and reason is for a message such as "--delay=x: must be a number".
 */
bool opt_value_set(const struct opt *, void *target, const char *text,
    char reason[static OPT_REASON_MAX]);

/* The same, with the value dropped. */
bool opt_value_check(
    const struct opt *, const char *text, char reason[static OPT_REASON_MAX]);

/* Sets the default, or nothing. */
void opt_value_reset(const struct opt *, void *target);

/* A number, a flag or a choice: does the text stand for the value there? */
bool opt_value_is(const struct opt *, const void *target, const char *text);

#endif
