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

/* Parts of the report, each a section; see figures_report(). */
void figures_headline(struct report *, const struct tally *);
void figures_postscreen(struct report *, const struct tally *);
void figures_smtpd(struct report *, const struct tally *);
void figures_mail(struct report *, const struct tally *);
void figures_lists(struct report *, const struct tally *);
void figures_by(struct report *, const struct tally *);
bool figures_check(struct report *, const struct tally *);

/* A table of the most frequent texts, with their shares of all. */
void figures_top(struct report *, const struct tally *, const struct counts *,
    const char *name, const char *title);

/* Sessions that no end was seen of. */
uint64_t figures_open_sessions(const struct tally *);

#endif
