/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was decided on a request, and why.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "lists/list.h"

enum verdict_reason {
	VERDICT_NEW,	       /* greylist */
	VERDICT_EARLY_RETRY,   /* greylist */
	VERDICT_TRIPLET_FOUND, /* pass, as do those that follow */
	VERDICT_CLIENT_WHITELIST,
	VERDICT_RECIPIENT_WHITELIST,
	VERDICT_SENDER_WHITELIST,
	VERDICT_NOT_GREYLISTED, /* the recipient did not opt in */
	VERDICT_CLIENT_AWL,
	VERDICT_SASL,
	VERDICT_UNUSABLE,   /* pass with a warning: see problem */
	VERDICT_UNAVAILABLE /* --on-error decides: see problem */
};

struct verdict {
	enum verdict_reason reason;
	/* The list entry that decided, or makes it wait; file NULL: none. */
	struct list_match rule;
	int64_t delay;	       /* that counts for this triplet */
	int64_t missing;       /* greylist: seconds of it that are missing */
	int64_t since_first;   /* seconds since the triplet's first time */
	bool passed_before;    /* triplet found: not for the first time */
	bool first_of_message; /* ... and for no other recipient of its
				  message, after a delay: a header says so */
	bool corrected;	       /* its first time was in the future */
	bool whitelisted;      /* the client has just come on the AWL */
	bool foreseen;	       /* a probe asked: nothing was stored, */
	bool by_server;	       /* ... and is told that this process stays */
	int64_t took;	       /* milliseconds that the store needed */
	char problem[1024];
};

#endif
