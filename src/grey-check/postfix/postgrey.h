/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a takeover from postgrey may have left behind: its daemon, its lists, a
 * restriction that still asks it.
 */
#ifndef POSTGREY_H
#define POSTGREY_H

#include "finding.h"
#include "grey-check/settings.h"
#include "policies.h"

/* The policy that seems to be postgrey; NULL: none is. */
const char *postgrey_asked(const struct master *, const struct policies *);

void postgrey_check(struct findings *, const struct master *,
    const struct policies *, const struct settings *);

#endif
