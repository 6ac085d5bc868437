/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the bytes of an input to events that are counted. Each line is taken
 * apart, whatever its form; one that says that another was repeated counts as
 * that one.
 *
 * The whole way of the data through log-stats, folder by folder:
 *   settings   what the options say; main: the inputs one by one, then the
 *              report; files: the inputs in the order of their first stamps;
 *              troubles: which of them could not be read; foreign: what they
 *              seem to be, where no line is of Postfix
 *   input/     bytes, decompressed, to lines (source.h)
 *   entry/     a line to who wrote it, when, and its text (entry.h)
 *   event/     a text to an event: what happened, to whom (event.h)
 *   count/     events to figures, of sessions and messages too (tally.h)
 *   tables/    what count/ remembers by: hash tables, within bounds (table.h)
 *   requests/  events to the requests of a policy server (requests.h)
 *   report/    figures to sections, and to text, tsv, csv or json (report.h)
 * lines hands each line from input/ by way of entry/ and event/ to count/, or
 * to requests/.
 */
#ifndef LINES_H
#define LINES_H

#include <signal.h>

#include "foreign.h"
#include "log-stats/count/tally.h"
#include "log-stats/entry/stamp.h"
#include "log-stats/input/source.h"
#include "log-stats/requests/requests.h"

struct lines;

/*
 * No more lines are read once *stop is set. requests: what takes the events in
 * place of the tally, which then counts lines alone; NULL: nothing does.
 */
struct lines *lines_new(struct tally *, struct requests *requests,
    const struct settings *, const volatile sig_atomic_t *stop);
void lines_free(struct lines *);

/* The first lines that are not of Postfix, or not understood. */
const struct foreign *lines_foreign(const struct lines *);

/*
 * Reads the source to its end. The clock says of which years its stamps are;
 * name is for the lines that --unknown shows. False: the source is unreadable
 * or broken from some point on, and source_error() says why.
 */
bool lines_read(
    struct lines *, struct source *, struct stamp_clock *, const char *name);

#endif
