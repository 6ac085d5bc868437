/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is odd about records that are taken as they are: keys that no request
 * will ever ask for, times that can't be. There are many of a kind, or none, so
 * each kind is reported once, with its count.
 */
#ifndef DOUBT_H
#define DOUBT_H

#include "made.h"

enum doubt_kind {
	DOUBT_ADDRESS,	/* is not written as grey-check does */
	DOUBT_NETWORK,	/* is not of the size in the settings */
	DOUBT_PREFIX,	/* 192.0.2.0/24: the 24 counts as a sender */
	DOUBT_BRACKETS, /* <a@b> */
	DOUBT_CASE,
	DOUBT_FOLDING, /* the sender has a tag, an extension or a number */
	DOUBT_PRIVACY, /* it is not a SHA-1 sum */
	DOUBT_ORDER,   /* first after last */
	DOUBT_FUTURE,
	DOUBT_KINDS
};

struct doubts {
	unsigned long count[DOUBT_KINDS];
	unsigned long line[DOUBT_KINDS]; /* of the first */
};

/* Judges a record that merge_refuses() did not refuse, of this line. */
void doubt_judge(struct doubts *, const struct making *, enum store_table,
    const struct item *, unsigned long line);

/* A warning for each kind; name: of the input. */
void doubt_tell(const struct doubts *, const char *name);

#endif
