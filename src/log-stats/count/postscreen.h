/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions of postscreen: a key is host, instance, address and port. What a
 * session came to is known at its end:
 *   with DISCONNECT     a reject that is not 450 4.3.2: blocked
 *                       450 4.3.2: come back, but blocked if denylisted and
 *                       there was no veto
 *                       the mark of a failed test: blocked
 *                       else: gave up
 *   without, but        PASS OLD or NEW, ALLOWLISTED; the same key once more;
 *                       an smtpd of that host that gets a connection of that
 *                       address which no other session has claimed: handed off
 *   else                open
 * Postfix: postscreen_misc.c:psc_conclude logs DISCONNECT for all that is not
 * handed off. A session lasts no longer than two hours.
 */
#ifndef POSTSCREEN_H
#define POSTSCREEN_H

#include "postscreen_table.h"

/* All events of the classes psc.* */
void postscreen_event(struct postscreen *, const struct event *);

/* smtpd of this host has a connection of this address. */
void postscreen_smtpd_connect(struct postscreen *);

#endif
