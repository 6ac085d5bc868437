/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A policy request through the service's socket, as smtpd(8) would send it, but
 * with policy_test_probe: what would be answered is not stored.
 */
#ifndef PROBE_H
#define PROBE_H

#include <sys/types.h>

#include "finding.h"
#include "grey-check/reply.h"
#include "master.h"

/* What came of it. */
struct probed {
	bool asked;   /* or nothing came of it */
	int error;    /* errno, why the socket can't be reached; 0: it can */
	pid_t server; /* the process of this host that answers all who ask; 0:
			 there is none */
	char reply[REPLY_MAX];
};

void probe_ask(
    const struct master *, const struct master_service *, struct probed *);

/* Has a grey-check answered? */
bool probe_is_grey(const struct probed *);

/*
 * settings: of the service, as master.cf has them; NULL: unknown. False: they
 * are unknown, and what answered is no grey-check, of which nothing is said.
 */
bool probe_judge(struct findings *, const struct master_service *,
    const struct settings *, const struct probed *);

#endif
