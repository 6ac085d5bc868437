/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The settings of a program from all places: the command line, the store, the
 * files of the configuration (grey.conf(5), conf_line.h), the defaults.
 *
 * Lines before any heading are for all programs of the greylist; what a program
 * does not have there is passed over, if another one has it. Lines after a
 * heading are for the program of that name. The problems of the command line
 * come back at once, those of files are gathered, and what is bad there is left
 * out: the program decides whether it goes on without it.
 */
#ifndef CONF_H
#define CONF_H

#include "conf_file.h"
#include "opt.h"

/*
 * Reads argv, then the files that it names, or the default one, and sets the
 * settings. The configuration and its arguments are kept as long as these. The
 * index of the first operand, or -1 and *problem of the command line.
 */
int conf_read(struct conf *, const struct conf_program *, void *settings,
    int argc, char **argv, opt_obsolete *, struct opt_problem *problem);

/*
 * The store, named `where`, says how an option is set, which counts from now on
 * unless the command line has it. What the program does not have, or what can't
 * be a value, is passed over. Of what is repeatable nothing can come so.
 */
void conf_add_store(struct conf *, void *settings, const char *name,
    struct bytes text, const char *where);

/* What counts for this option, by any name of it; NULL: its default. */
const struct opt_entry *conf_given(const struct conf *, const char *name);

/* The last that was given there; NULL: nothing. */
const struct opt_entry *conf_given_by(
    const struct conf *, const char *name, enum opt_layer);

/* Has one of the files changed, and does nobody seem to be at work on it? */
bool conf_has_changed(struct conf *);

/*
 * The same again, from the files as they are now. Where a line is bad now, what
 * `last` had for that option stays; where a file can't be read, all of it.
 */
void conf_read_again(struct conf *, const struct conf *last, void *settings);

/*
 * --show-config: a file that would set the same, with a comment on each line
 * that says where the value comes from.
 */
void conf_show(const struct conf *, FILE *out);

#endif
