/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A maillog turned back into the requests that smtpd had, or would have, put to
 * a policy server: the RCPT commands that the log proves, with their times.
 *
 * The way of an event through this folder:
 *   requests   hands out lines by class; writes requests in the order of their
 *              times
 *   asked      commands that one line proves: of a policy server, or of smtpd
 *   accepted   commands that several lines prove together
 *   proved     what they have found, unless it was found before
 *   mail       messages: client, sender and recipients stand in lines of three
 *              daemons
 *   decided    what a policy server has logged itself, and smtpd does once more
 *   held       requests that are held back for the sake of their order
 *   rcpt       a command, and the request that it becomes
 *   remarks    what of the log became a request, and what could not
 */
#ifndef REQUESTS_H
#define REQUESTS_H

#include "proved.h"

struct requests {
	struct proved proved;
	int64_t latest; /* microseconds: of the requests that were written */
	uint64_t written[PROOFS];
	uint64_t with_helo;
	uint64_t late; /* written after one of a later time */
};

/* Only requests of these times are written; microseconds. */
void requests_begin(struct requests *, int64_t since, int64_t until);

/* Writes to standard output what is not held back any longer. */
void requests_event(
    struct requests *, const struct entry *, const struct event *);

/* At the end of the log: writes the rest. The figures stay. */
void requests_end(struct requests *);

#endif
