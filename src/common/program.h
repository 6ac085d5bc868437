/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How every program begins and ends.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "conf.h"

/* Exit codes: 0 is done. */
enum program_exit {
	PROGRAM_FAILED = 1, /* something went wrong while running */
	PROGRAM_USAGE = 2   /* the usage or the configuration is wrong */
};

/* Writes all that is pending on standard output. 0, or PROGRAM_FAILED. */
int program_end_output(void);

/* --help and --version; results as program_end_output(). */
int program_help(
    const char *usage, const char *purpose, const struct opt *options);
int program_version(const char *name);

/* Says what is wrong with the options, and, but not in a log, the usage.
 * PROGRAM_USAGE. */
int program_refuse(const char *usage, const struct opt_problem *);

/* The same of a configuration's files, each problem; or 0: there is none. */
int program_refuse_files(const struct conf *);

/* --show-config; results as program_end_output(). */
int program_show_config(const struct conf *);

#endif
