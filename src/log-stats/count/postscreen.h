/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions of postscreen: a key is host, instance, address and port. The end of
 * a session shows what became of it:
 *   with DISCONNECT     a reject other than 450 4.3.2: blocked
 *                       450 4.3.2: come back, but blocked if denylisted
 *                       without a veto
 *                       the mark of a failed test: blocked
 *                       else: gave up
 *   without, but        PASS OLD or NEW, ALLOWLISTED; the same key once more;
 *                       an smtpd on that host with a connection of that
 *                       address that no other session has claimed: handed off
 *   else                open
 * Postfix: postscreen_misc.c:psc_conclude logs DISCONNECT for all that is not
 * handed off. A session lasts two hours at most.
 */
#ifndef POSTSCREEN_H
#define POSTSCREEN_H

#include "postscreen_table.h"

/* The events of postscreen. */
void postscreen_event(struct postscreen *, const struct event *);

/* An smtpd on this host has a connection from this address. */
void postscreen_smtpd_connect(struct postscreen *);

#endif
