/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the tally to the report: which figure stands where, under which name.
 * The names are a contract; log-stats.1 defines each.
 */
#ifndef FIGURES_H
#define FIGURES_H

#include "log-stats/count/tally.h"
#include "report.h"

/* The first table alone, for those who look on; now: epoch seconds. */
void figures_table(struct report *, const struct tally *, int64_t now);

/* All that is wanted. False: a rule of --check does not hold. */
bool figures_report(struct report *, const struct tally *);

#endif
