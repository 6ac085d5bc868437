/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line at the terminal on standard error that says how far a long work is;
 * nothing where that is no terminal.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	const char *name;
	FILE *in;      /* whose position tells how far it is; may be NULL */
	int64_t size;  /* of it; 0: not known */
	bool shown;    /* there is a terminal */
	int64_t begun; /* milliseconds, as the next */
	int64_t next;
};

void progress_begin(struct progress *, const char *name, FILE *in);
/* Some times a second a line is written. done: records. */
void progress_show(struct progress *, unsigned long done);
/* Wipes the line. */
void progress_end(struct progress *);

#endif
