/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line on standard error that shows how far a long piece of work is: a bar,
 * the rate, the time left. Nothing is shown if that is not a terminal.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *name;
	/* How much of the work is done, 0 to 1; below 0: that is not known. */
	double (*fraction)(void *argument);
	void *argument;
	bool shown;    /* there is a terminal */
	int64_t begun; /* milliseconds, as the next */
	int64_t next;
};

/* For a program of this name. fraction may be NULL. */
void progress_begin(struct progress *, const char *name,
    double (*fraction)(void *argument), void *argument);
/* May be called for each record: a line is written a few times a second. */
void progress_show(struct progress *, unsigned long done);
/* Wipes the line. */
void progress_end(struct progress *);

#endif
