/* SPDX-License-Identifier: BSD-2-Clause */
/* A regular expression of PCRE2, for --greylist-text. Ignores case. */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>

#include "common/bytes.h"

struct pattern;

/* NULL: the expression is not valid; reason says why. */
struct pattern *pattern_new(
    const char *expression, char *reason, size_t reason_size);
void pattern_free(struct pattern *); /* or NULL */
bool pattern_matches(const struct pattern *, struct bytes text);

#endif
