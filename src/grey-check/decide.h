/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request to one verdict: lists, key, a unit of work in the store in which
 * the policy decides. Writes nothing but the store. What a decision needs may
 * be unavailable; that is found out, and tried again, here alone.
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
	struct instances instances;
	const char *unusable; /* why nothing ever can be decided, or NULL */
	bool sasl_pass;
	bool learn; /* nobody is made to wait, so nobody gets a header */
};

/*
 * Opens what decisions need. NULL, or what is not available now; decide() tries
 * to get it later.
 */
const char *decider_open(struct decider *);

/* now: epoch seconds. The request is one of smtpd_access_policy. */
void decide(
    struct decider *, const struct request *, int64_t now, struct verdict *);

#endif
