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
	const struct master_service *service; /* that is looked for, */
	const char *meant;  /* ... or by this name; NULL: by none */
	bool unauthorized;  /* mail to foreign domains has been refused */
	bool unlisted;	    /* ... and recipients that do not exist */
	bool closed;	    /* the list refuses whoever gets to its end */
	bool own_permitted; /* permit_auth_destination stands before */
	char ended[32];	    /* permit or the like stands before; "" */
	bool warn_only;	    /* warn_if_reject stands before it */
	bool others;	    /* other policy services are asked, too */
	bool found;
	/* Of the check that was found; "" where it says none: */
	char endpoint[256]; /* as it names the service */
	char timeout[64];
	char default_action[256];
	char options[256]; /* the others, each with ", " before it */
};

/* On to a list, as far as the check, if that has not been found. */
void restrictions_read(struct restrictions *, const char *list);

/* True: one of the classes that tables may name asks the service. */
bool restrictions_class_asks(
    const struct master *, const struct master_service *);

/*
 * The list with `instead` in the place of the check; before permit or the like,
 * or else at the end, where there is none. "" takes the check away. False: it
 * is not there as such (but in a class, or by a $name), or there is no room.
 */
bool restrictions_place(const struct restrictions *, const char *list,
    const char *instead, char *out, size_t size);

#endif
