/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A policy request through the service's socket, as smtpd(8) would send it, but
 * with policy_test_probe: what would be answered is not stored.
 */
#ifndef PROBE_H
#define PROBE_H

#include <sys/types.h>

#include "finding.h"
#include "grey-check/settings.h"
#include "master.h"

/*
 * settings: of the service, as master.cf has them; NULL: unknown. False: they
 * are unknown, and what answers is no grey-check, of which nothing is said.
 * *server: the process of this host that answers all who ask; 0: there is none.
 */
bool probe(struct findings *, const struct master *,
    const struct master_service *, const struct settings *, pid_t *server);

/* Does a grey-check answer? Does anybody listen? Nothing is said. */
bool probe_is_grey(const struct master *, const struct master_service *);
bool probe_is_listening(const struct master *, const struct master_service *);

#endif
