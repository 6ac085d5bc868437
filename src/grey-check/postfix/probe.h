/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A policy request through the service's socket, as smtpd(8) would send it, but
 * with policy_test_probe: what would be answered is not stored.
 */
#ifndef PROBE_H
#define PROBE_H

#include "finding.h"
#include "grey-check/settings.h"
#include "master.h"

/*
 * settings: of the service, as master.cf has them; NULL: unknown. False: they
 * are unknown, and what answers is no grey-check, of which nothing is said.
 */
bool probe(struct findings *, const struct master *,
    const struct master_service *, const struct settings *);

#endif
