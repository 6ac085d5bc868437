/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was meant by an option that does not exist: the help that a refusal
 * gives. Names are without the dashes.
 */
#ifndef OPT_NEAR_H
#define OPT_NEAR_H

#include "bytes.h"
#include "opt_table.h"

/*
 * The option whose name is the nearest to what was given, counted in letters
 * left out, put in, exchanged or swapped with the next one; NULL: none is near.
 */
const struct opt *opt_near(const struct opt *table, struct bytes given);

/* The option of exactly this name, or NULL. */
const struct opt *opt_named(const struct opt *table, struct bytes name);

/*
 * Writes the names that begin with this, as "--delay, --dbdir or --daemonize";
 * as many as fit. Returns how many there are in all.
 */
size_t opt_beginning(
    const struct opt *table, struct bytes front, char *out, size_t size);

#endif
