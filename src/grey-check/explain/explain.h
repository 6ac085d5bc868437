/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --explain: what would be answered to one request, and why. The decision is
 * that of decide(), which fills in evidence of what it saw:
 *   explain       asks for the decision, and foresees what follows from it
 *   explanation   what is known then
 *   explain_text  puts it into words
 *   explain_json  or into JSON
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stdio.h>

#include "grey-check/decide.h"
#include "grey-check/settings.h"

/*
 * The decider's store is only read. Writes to out; false: that failed, or msg()
 * was given what is wrong with the request or the store.
 */
bool explain_answer(
    struct decider *, const struct settings *, int64_t now, FILE *out);

#endif
