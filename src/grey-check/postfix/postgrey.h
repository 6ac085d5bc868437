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

void postgrey_check(struct findings *, const struct master *,
    const struct policies *, const struct settings *);

#endif
