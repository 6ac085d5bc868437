/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list of restrictions as an smtpd(8) has it, and what to paste so that the
 * check stands in it as it should.
 */
#ifndef PLACE_H
#define PLACE_H

#include "finding.h"
#include "restrictions.h"

/* In the order in which smtpd(8) looks at them. */
enum { CLIENT, HELO, SENDER, RELAY, RECIPIENT, DATA, END_OF_DATA, LISTS };

/* A list of restrictions, as it counts for an smtpd. */
struct place {
	const struct master_service *smtpd;
	int list;
	bool own;	   /* the smtpd's entry says it, not main.cf */
	const char *value; /* with $names replaced */
	char name[320];	   /* for the reader */
};

void place_set(struct place *, const struct master *,
    const struct master_service *smtpd, int list);

/* Does this action of access(5) let the mail go on? */
bool place_lets_pass(const char *action);

/*
 * Prints what mends all that is wrong with the check, or puts it where it is
 * missing. seen: all lists, as far as this one.
 */
void place_paste(
    struct findings *, const struct place *, const struct restrictions *seen);

#endif
