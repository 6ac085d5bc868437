/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the bytes of an input to events: each line is taken apart, whatever its
 * form, and counted; a line that says that another was repeated counts as that.
 */
#ifndef LINES_H
#define LINES_H

#include <signal.h>

#include "log-stats/count/tally.h"
#include "log-stats/entry/stamp.h"
#include "log-stats/input/source.h"

struct lines;

/* stop: no more lines are read once it is set. */
struct lines *lines_new(
    struct tally *, const struct settings *, const volatile sig_atomic_t *stop);
void lines_free(struct lines *);

/*
 * Reads the source to its end; the clock knows of its years. name is for the
 * lines that --unknown shows. False: it was unreadable, or broken, from some
 * point on: source_error() says why.
 */
bool lines_read(
    struct lines *, struct source *, struct stamp_clock *, const char *name);

#endif
