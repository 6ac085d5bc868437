/* SPDX-License-Identifier: BSD-2-Clause */
/* The years of stamps that have none; see stamp.h. */
#ifndef STAMP_YEAR_H
#define STAMP_YEAR_H

#include "calendar.h"
#include "stamp.h"

/* The year of the next stamp of a log. */
int stamp_year_choose(struct stamp_clock *, const struct calendar *);

/* The one that makes it the latest before the limit of the clock. */
int stamp_year_latest(const struct stamp_clock *, const struct calendar *);

/* The seconds since its year began, as if that had 31 days in each month. */
int64_t stamp_year_position(const struct calendar *);

#endif
