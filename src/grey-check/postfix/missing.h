/* SPDX-License-Identifier: BSD-2-Clause */
/* What a list has and others have not. */
#ifndef MISSING_H
#define MISSING_H

#include "grey-check/lists.h"

/*
 * How many entries of the list are in none of the set's files, as they have
 * been read. size: of the list's file, which has no more lines than that.
 */
size_t missing_count(const struct list_set *, const struct list *, off_t size);

#endif
