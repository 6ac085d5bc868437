/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request to one verdict: lists, key, a unit of work in the store in which
 * the policy decides. Writes nothing but the store.
 */
#ifndef DECIDE_H
#define DECIDE_H

#include "greylist/key.h"
#include "greylist/policy.h"
#include "lists.h"
#include "request.h"
#include "store/store.h"

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
	/* Of a list: what decided, or what set the delay. file NULL: none. */
	struct list_match rule;
	int64_t delay;	  /* that counts for this triplet */
	int64_t wait;	  /* greylist: seconds missing */
	int64_t waited;	  /* triplet found: seconds since the first time */
	bool known;	  /* triplet found: it had passed before */
	bool corrected;	  /* its first time was in the future */
	bool whitelisted; /* the client has just come on the AWL */
	char problem[256];
};

/* What was looked for in the store, and what it holds. */
struct evidence {
	char triplet_key[KEY_MAX], client_key[KEY_MAX];
	size_t triplet_key_len, client_key_len;
	bool triplet_found, client_found;
	struct store_value triplet, client;
};

struct decider {
	struct policy policy;
	struct key_settings key;
	struct lists lists;
	bool sasl_pass;
	struct store *store;
	struct evidence *evidence; /* to be filled in; NULL: not wanted */
};

/*
 * now: epoch seconds. The request is one of smtpd_access_policy. ask_store
 * false: the store has just failed, what needs it is not available.
 */
void decide(const struct decider *, const struct request *, int64_t now,
    bool ask_store, struct verdict *);

#endif
