/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list of smtpd(8)'s restrictions, read up to where a policy service is
 * asked (postconf(5), SMTPD_POLICY_README).
 */
#ifndef RESTRICTIONS_H
#define RESTRICTIONS_H

#include "master.h"

/* What has been read so far; carried on from list to list. */
struct restrictions {
	const struct master *master;
	const struct master_service *service; /* that is looked for */
	bool unauthorized; /* mail to foreign domains has been refused */
	bool unlisted;	   /* ... and recipients that do not exist */
	bool ended;	   /* permit, reject or defer stands before */
	bool warn_only;	   /* warn_if_reject stands before it */
	bool others;	   /* other policy services are asked, too */
	bool found;
	char timeout[64];	  /* of the check that was found, */
	char default_action[256]; /* "" where it says none */
};

void restrictions_read(struct restrictions *, const char *list);

/* True: one of the classes that tables may name asks the service. */
bool restrictions_class_asks(
    const struct master *, const struct master_service *);

/*
 * The list with `before` inserted before the check, and timeout and default
 * action given to that. False: it is not there as such (but in a class, or by a
 * $name), or there is no room.
 */
bool restrictions_mend(const struct restrictions *, const char *list,
    const char *before, char *out, size_t size);

#endif
