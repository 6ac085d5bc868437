/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many of the records that were chosen are in which state: the last line of
 * the table, or alone, by --count.
 */
#ifndef TOTALS_H
#define TOTALS_H

#include "row.h"

struct totals {
	int64_t in_state[ROW_STATES];
	int64_t unreadable; /* their value can't be decoded, so has no state */
};

void totals_add(struct totals *, const struct row *);

/* "12 waiting, 40 passed, 3 expired", and ", 1 unreadable" if there are any. */
void totals_sentence(const struct totals *);

/*
 * For programs: a line each, "waiting", a tab, "12", always in the same order;
 * or one JSON object with these names.
 */
void totals_lines(const struct totals *);
void totals_json(const struct totals *);

#endif
