/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line on standard error that shows how far a long piece of work is: a bar,
 * the rate, the time left. Nothing is shown if that is not a terminal. The line
 * is never as wide as the terminal, so that it never wraps.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	const char *name;
	/* How much of the work is done, 0 to 1; below 0: that is not known. */
	double (*fraction)(void *argument);
	void *argument;
	bool shown;    /* there is a terminal */
	int64_t begun; /* milliseconds, as the next two */
	int64_t next;
	int64_t estimated; /* when the last estimate was made */
	double left;	   /* the estimate, milliseconds; below 0: none yet */
};

/* For a program of this name. fraction may be NULL. */
void progress_begin(struct progress *, const char *name,
    double (*fraction)(void *argument), void *argument);
/* May be called for each record: a line is written a few times a second. */
void progress_show(struct progress *, unsigned long done);
/* Wipes the line. */
void progress_end(struct progress *);

/*
 * What progress_show() is made of. The estimate of the time left follows the
 * pace slowly, and there is none until a few seconds and a few hundredths of
 * the work have gone: what is made of less is absurd. now: milliseconds.
 */
void progress_estimate(struct progress *, int64_t now, double fraction);

#define PROGRESS_TEXT_MAX 256
/*
 * The line, at most width - 1 columns of ASCII. Where it does not fit, the bar
 * gets shorter and goes, then the rate goes, then what stands last. took:
 * milliseconds, more than 0. Returns the length.
 */
size_t progress_text(const struct progress *, unsigned long done, int64_t took,
    double fraction, int width, char out[static PROGRESS_TEXT_MAX]);

#endif
