/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grey-dump --advise: what the greylist itself says about its settings, with
 * numbers. Of each triplet it knows when it was first and last seen, no more:
 * a mail that comes again later counts like a retry that took long.
 *
 * A map of this wing; each part is shown all rows, and then says what it found,
 * for people or as members of a JSON object:
 *   advise.c     walks over the store, twice
 *   returns.c    how long it took to come back, and which delay would have done
 *   ages.c       what each --max-age keeps
 *   silent.c     networks that never come back
 *   sightings.c  the same mail in several networks
 *   pools.c      those close together, with the entry to paste
 *   say.c        how the parts write
 */
#ifndef ADVISE_H
#define ADVISE_H

#include "grey-dump/filter.h"

/*
 * Of the rows that the filter takes; as root, becomes the owner of the store
 * first. 0, or PROGRAM_FAILED, also where records can't be decoded; msg() has
 * said why.
 */
int advise_run(const struct settings *, const struct filter *, struct store *);

#endif
