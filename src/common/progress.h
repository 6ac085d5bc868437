/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line at the terminal on standard error that says how far a long work is:
 * a bar, the rate, the time that is left. Nothing where that is no terminal.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *name;
	/* How much of the work is done, 0 to 1; less: it can't be said. */
	double (*fraction)(void *argument);
	void *argument;
	bool shown;    /* there is a terminal */
	int64_t begun; /* milliseconds, as the next */
	int64_t next;
};

/* For a program of this name. fraction may be NULL. */
void progress_begin(struct progress *, const char *name,
    double (*fraction)(void *argument), void *argument);
/* Some times a second a line is written. done: records. */
void progress_show(struct progress *, unsigned long done);
/* Wipes the line. */
void progress_end(struct progress *);

#endif
