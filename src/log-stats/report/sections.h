/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sections of a report, each added by one function from what the tally
 * holds, and below them what they share (sections.c). figures.c says which of
 * them a report has.
 */
#ifndef SECTIONS_H
#define SECTIONS_H

#include "log-stats/count/tally.h"
#include "report.h"

void section_headline(struct report *, const struct tally *);
void section_postscreen(struct report *, const struct tally *);
/* smtpd, submission and rbl, messages and recipients, tls and top and problems:
 * those that are wanted. */
void section_smtpd(struct report *, const struct tally *);
void section_submission(struct report *, const struct tally *);
void section_filters(struct report *, const struct tally *);
void section_mail(struct report *, const struct tally *);
void section_lists(struct report *, const struct tally *);
void section_by(struct report *, const struct tally *);
/* False: a rule does not hold. */
bool section_check(struct report *, const struct tally *);

/* What is known of the sessions of a set: its figures and lists. */
void sections_sessions(struct report *, const struct tally *, enum session_set);

/* Recipients that were refused, where the log has no beginnings or ends of
 * sessions, so that there are none to count; else 0. */
uint64_t sections_without_sessions(const struct tally *);

/* A table of the most frequent texts, with their shares of all. */
void sections_ranking(struct report *, const struct tally *, enum ranking,
    const char *name, const char *title);
void sections_top(struct report *, const struct tally *, const struct counts *,
    const char *name, const char *title);

/* The two halves of such a table: its rows, each with its share of the total;
 * and a remark on what was counted and is in none of them. */
void sections_rows(struct report *, const char *name, const char *title,
    const struct counted *top, size_t count, uint64_t total);
void sections_note_dropped(struct report *, uint64_t dropped);

#endif
