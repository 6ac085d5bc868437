/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request to one verdict: lists, key, a unit of work in the store in which
 * the policy decides. Writes nothing but the store, which may take its time:
 * many decisions may be under way. What a decision needs may be unavailable:
 * only here is that noticed, and only here is it tried again.
 */
#ifndef DECIDE_H
#define DECIDE_H

#include "instances.h"
#include "lists.h"
#include "lookup.h"
#include "request.h"

struct decider {
	struct lookup lookup;
	struct lists lists;
	const char *unusable; /* why nothing ever can be decided, or NULL */
	bool sasl_pass;
	bool hides_values; /* of requests, in what it says of them */
	bool stays;	   /* the process: it serves many */
	bool learn;	   /* nobody is made to wait, so nobody gets a header */
};

/*
 * For whom it decides: with DECIDER_LOOKS nothing is stored, and nobody told of
 * what is found.
 */
enum decider_role { DECIDER_LOOKS, DECIDER_SERVES_ONE, DECIDER_SERVES_MANY };

/*
 * With the store of the settings, which is not opened yet. False: they do not
 * name a store; msg() has said so.
 */
bool decider_init(struct decider *, const struct settings *, enum decider_role);
void decider_free(struct decider *);

/* Decides by these settings from now on, which must live as long as it does. */
void decider_set(struct decider *, const struct settings *);

/* Opens what decisions need. NULL, or what decide() has to try again later. */
const char *decider_open(struct decider *);

/*
 * A request on its way to its verdict. It is the caller's, and it and what it
 * points at stay where they are until done() is called. Until that returns, or
 * the lists are looked at again, the verdict's rule has a name.
 */
struct decision {
	struct inquiry inquiry;
	struct verdict verdict;
	struct decider *decider;
	const struct request *request; /* one of smtpd_access_policy */
	struct instances *instances;   /* of its client */
	void (*done)(struct decision *);
};

/*
 * request, instances and done are set. now: epoch seconds. True: the verdict is
 * there; else done() is called when it is, from within store_turn().
 */
bool decide_begin(struct decider *, struct decision *, int64_t now);

/* The same, and waits for it. */
void decide(struct decider *, struct decision *, int64_t now);

#endif
