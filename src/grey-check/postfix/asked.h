/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where smtpd(8) asks a policy service: the restrictions of main.cf and of the
 * smtpd services in master.cf, read in the order in which smtpd does.
 */
#ifndef ASKED_H
#define ASKED_H

#include "finding.h"
#include "master.h"

/* Does any smtpd ask the service, or may a table make it ask? */
bool asked_by_any(const struct master *, const struct master_service *);

/*
 * Finds whether and where the service is asked, what stands before it, and
 * what happens if it does not answer.
 * meant: a policy that is asked in its place, by a wrong name or of old; NULL:
 * none.
 */
void asked_check(struct findings *, const struct master *,
    const struct master_service *, const char *meant);

#endif
