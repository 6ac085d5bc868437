/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the greylist says to a request: the keys, and a unit of work in the
 * store in which the policy decides. After a store has failed it is left alone
 * for 1, 2, 4, 8, 8, ... seconds. That others use the store with other settings
 * is reported by msg().
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "greylist/key.h"
#include "greylist/policy.h"
#include "greylist/use_text.h"
#include "store/store.h"
#include "verdict.h"

/* What was looked for in the store last, and what it held. */
struct evidence {
	char triplet_key[KEY_MAX], client_key[KEY_MAX];
	size_t triplet_key_len, client_key_len;
	bool triplet_found, client_found;
	struct store_value triplet, client;
};

struct lookup {
	struct policy policy;
	struct key_settings key;
	struct store *store;
	/* Of one that serves: the store's name, for messages; else NULL. */
	const char *where;
	struct bytes use;
	char use_buffer[USE_TEXT_MAX];
	struct evidence evidence;
	int64_t pause;	    /* milliseconds; 0: the store did not fail */
	int64_t pause_ends; /* by the monotonic clock */
};

/*
 * One that serves says how the store is used from now on: by the policy and the
 * keys that are set, to learn or not. To be called when they are changed.
 */
void lookup_serve(struct lookup *, bool learn);

/* Opens the store. NULL, or why it is not available now. */
const char *lookup_open(struct lookup *);

/*
 * Decides with the verdict's delay, at `now` in epoch seconds; stores nothing
 * for one that is only foreseen. NULL, or why the store is not available.
 */
const char *lookup_decide(struct lookup *, const struct list_subject *,
    int64_t now, struct verdict *);

#endif
