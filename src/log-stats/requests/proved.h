/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RCPT commands that the log proves: they are held back here, and counted
 * where they can't become requests.
 */
#ifndef PROVED_H
#define PROVED_H

#include "decided.h"
#include "held.h"
#include "log-stats/event/event.h"
#include "mail.h"

struct proved {
	int64_t since, until; /* microseconds: of requests that are wanted */
	int64_t now;	      /* the time of the line at hand, or before it;
			       * INT64_MIN: none yet */
	struct mails mails;
	struct decided decided;
	struct holder holder;
	uint64_t began_before;	 /* messages whose client= is not in the log */
	uint64_t no_time;	 /* commands in lines without one */
	uint64_t cut;		 /* commands whose lines lack a part */
	uint64_t hidden;	 /* decisions of grey-check --log-privacy */
	uint64_t other_refusals; /* for other reasons than greylisting */
};

/* Of a client of the MX service, whose address is known, and nothing that a
 * content filter brings back. */
bool proved_of_mx(const struct entry *, const struct event *);

/* Another line may have proved it before: then nothing happens. until: the
 * latest time at which the server may have been asked, in microseconds. */
void proved_take(struct proved *, const struct rcpt *, int64_t until);

#endif
