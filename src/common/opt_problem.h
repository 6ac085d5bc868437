/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is wrong with options or settings: where, what, and what to do.
 */
#ifndef OPT_PROBLEM_H
#define OPT_PROBLEM_H

#include <stdbool.h>

struct opt_problem {
	char text[512];
};

/* Writes what is wrong, such as "--delay=x: why", and returns false. */
bool opt_refuse(struct opt_problem *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
