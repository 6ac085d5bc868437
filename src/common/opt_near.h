/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was meant by an option that does not exist, or not in this form: the
 * help that a refusal gives.
 */
#ifndef OPT_NEAR_H
#define OPT_NEAR_H

#include "bytes.h"
#include "opt_problem.h"
#include "opt_table.h"

/*
 * The option with the nearest name, counted in letters left out, put in,
 * exchanged or swapped with the next one; NULL: none is near.
 */
const struct opt *opt_nearest(const struct opt *table, struct bytes name);

/* The option whose name stands after one dash, as in "-delay=60"; or NULL. */
const struct opt *opt_single_dashed(const struct opt *table, const char *word);
bool opt_refuse_dash(const char *word, struct opt_problem *);

/*
 * Right after getopt_long(3) has returned this value, '?' or ':': says what is
 * wrong, and which option is nearest. Returns false.
 */
bool opt_refuse_unknown(const struct opt *table, int value, int argc,
    char **argv, struct opt_problem *);

#endif
