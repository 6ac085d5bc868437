/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request to one verdict: lists, key, a unit of work in the store in which
 * the policy decides. Writes nothing but the store.
 */
#ifndef DECIDE_H
#define DECIDE_H

#include "key.h"
#include "lists.h"
#include "policy.h"
#include "request.h"
#include "store.h"

enum verdict_reason {
	VERDICT_NEW,	       /* greylist */
	VERDICT_EARLY_RETRY,   /* greylist */
	VERDICT_TRIPLET_FOUND, /* pass, as do those that follow */
	VERDICT_CLIENT_WHITELIST,
	VERDICT_RECIPIENT_WHITELIST,
	VERDICT_CLIENT_AWL,
	VERDICT_SASL,
	VERDICT_UNUSABLE,   /* pass with a warning: see problem */
	VERDICT_UNAVAILABLE /* --on-error decides: see problem */
};

struct verdict {
	enum verdict_reason reason;
	int64_t wait;	  /* greylist: seconds missing */
	int64_t waited;	  /* triplet found: seconds since the first time */
	bool known;	  /* triplet found: it had passed before */
	bool corrected;	  /* its first time was in the future */
	bool whitelisted; /* the client has just come on the AWL */
	char problem[256];
};

struct decider {
	struct policy policy;
	struct key_settings key;
	struct lists lists;
	bool sasl_pass;
	struct store *store;
};

/*
 * now: epoch seconds. The request is one of smtpd_access_policy. ask_store
 * false: the store has just failed, what needs it is not available.
 */
void decide(const struct decider *, const struct request *, int64_t now,
    bool ask_store, struct verdict *);

#endif
