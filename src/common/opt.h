/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Option tables for getopt_long(3), see opt_table.h: usage, checks and defaults
 * all come from the rows. The way of a value through this folder:
 *   opt         the command line to entries
 *   conf        the files of the configuration to entries (conf_file, _line)
 *   opt_list    which entries count, and what they make of the settings
 *   opt_value   the text of an entry to a value, within its bounds
 * What is refused is named, with the option that is nearest to it (opt_near).
 */
#ifndef OPT_H
#define OPT_H

#include <stdio.h>

#include "opt_list.h"

/* Called for each OPT_OBSOLETE option that is given. */
typedef void opt_obsolete(const struct opt *);

/*
 * Adds the options of argv to the list. The table ends with a row without a
 * name. An optional argument may also be the next word, as in postgrey (Perl's
 * Getopt::Long). Texts are kept by reference. Returns the index of the first
 * operand, or -1 and *problem, the first one: the options after it are read
 * nevertheless, since they may say which log it goes to. --help and --version
 * are rows like any other.
 */
int opt_parse(const struct opt *table, struct opt_list *, int argc, char **argv,
    opt_obsolete *obsolete, struct opt_problem *problem);

void opt_help(const struct opt *table, FILE *out);

#endif
