/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --check-postfix: does greylisting work on this machine? From Postfix'
 * configuration to the answer of the running service.
 *
 * A map of this wing:
 *   check         the whole: each service that runs grey-check
 *   postconf      what postconf(1) prints
 *   words         Postfix's way of splitting texts
 *   service, master  the services of master.cf
 *   spawned       will spawn(8) run grey-check? spawned_options: as it will?
 *   command       what to paste for that
 *   asked         which smtpd asks it, when, and what if it does not answer?
 *   place           what to paste for that
 *   restrictions    a list of restrictions, read up to that
 *   policies      the policy services that are named at all
 *   inside        as its user: program and lists; inside_log, inside_store
 *   probe         a request through its socket (service_connect)
 *   resident      grey-check --serve, of which master.cf knows nothing
 *   postgrey      what a takeover may have left behind
 *   missing         entries that are on no list of ours
 *   finding       how all of this is said
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

/*
 * configuration: the directory of main.cf; NULL: Postfix's own. An exit code:
 * 0 it works, 1 it does not.
 */
int postfix_check(const char *configuration, FILE *out);

#endif
