/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A grey-check --serve of this host, which no service of master.cf starts: who
 * it is, may smtpd connect to it, and what it is served with.
 */
#ifndef RESIDENT_H
#define RESIDENT_H

#include <sys/types.h>

#include "finding.h"
#include "grey-check/settings.h"
#include "master.h"

/*
 * pid: the process that has answered for the service, which is not of
 * master.cf. False: it can't be looked at; else *settings is how it serves.
 */
bool resident_check(struct findings *, const struct master *,
    struct master_service *, pid_t pid, struct settings *);

#endif
