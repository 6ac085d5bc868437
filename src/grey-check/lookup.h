/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the greylist says to a request: the keys, and a unit of work in the
 * store in which the policy decides. It is begun, and done when the store has
 * its turn; many may be begun at a time. After a store has failed it is left
 * alone for 1, 2, 4, 8, 8, ... seconds, unless it sees to that itself. That
 * others use the store with other settings is reported by msg().
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "greylist/key.h"
#include "greylist/policy.h"
#include "greylist/use_text.h"
#include "store/store.h"
#include "verdict.h"

/* What was looked for in the store, and what it held. */
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
 * What the store is asked for one request. It is the caller's, and stays where
 * it is until done() is called, which is from within store_turn().
 */
struct inquiry {
	struct store_pending pending;
	struct lookup *lookup;
	struct verdict *verdict;
	/* missing: why the store is not available, or NULL: it was decided. */
	void (*done)(struct inquiry *, const char *missing);
	struct policy policy;
	struct key_settings key;
	struct address client;
	int64_t now;   /* epoch seconds */
	int64_t begun; /* by the monotonic clock, milliseconds */
	bool client_known;
	struct client_record seen_client;
	struct store_value fresh;
	struct evidence evidence;
};

/*
 * Decides with the verdict's delay, at `now` in epoch seconds; stores nothing
 * for one that is only foreseen. Not NULL: why the store is not available now;
 * done() will not be called. done and verdict are set before.
 */
const char *lookup_begin(struct lookup *, struct inquiry *,
    const struct list_subject *, int64_t now);

/* Waits until the store can go on, and lets it: some inquiries may be done. */
void lookup_wait(struct lookup *);

#endif
