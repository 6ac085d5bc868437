/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What only shows as the user that the service runs as: may it run the
 * program, write the log, read the lists, use the store? Looked at in a child
 * process.
 */
#ifndef INSIDE_H
#define INSIDE_H

#include <sys/types.h>

#include "finding.h"
#include "grey-check/settings.h"
#include "master.h"

/* What is found is printed and counted as if it had been found here. */
void inside_check(struct findings *, const struct master *,
    const struct master_service *, const struct settings *, uid_t user,
    gid_t group);

#endif
