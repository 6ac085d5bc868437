/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the greylist decides: settings, a time and the stored records go in, a
 * decision and the next records come out. No clock, no store, no other state.
 * The way of a request through this folder, which does no input or output:
 *   key      client, sender and recipient to the keys of the store, and back
 *   fold     for that: one sender, however often he changes his address
 *   record   the values of the store to structures
 *   policy   these to the decision and the next structures
 *   record   structures to the values of the store
 *   options  beside it: the settings of all this, as options of programs
 *
 * The rules are postgrey 1.37's, with one exception: a record that grey-expire
 * would delete counts as absent, so no answer depends on when that ran. All
 * times are epoch seconds, all spans are seconds.
 */
#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

struct policy {
	int64_t delay;	      /* a triplet passes this long after its first */
	int64_t max_age;      /* records not seen for longer have expired */
	int64_t retry_window; /* a triplet must come back within this */
	int64_t whitelist_count; /* passed triplets that whitelist a client;
				   0: there is no auto-whitelist */
};

/* A client is counted, and its time renewed, no more often than this. */
#define POLICY_COUNT_INTERVAL 3600

/* seen: the stored record, NULL if there is none. */
struct policy_client {
	bool whitelisted; /* passes at once, whatever the triplet */
	bool changed;	  /* next is to be stored */
	struct client_record next;
};

struct policy_triplet {
	bool pass;
	bool passed_before;
	bool corrected;		    /* the stored first was in the future */
	int64_t missing;	    /* seconds until it passes; <= 0 if pass */
	int64_t since_first;	    /* seconds since it was first seen */
	struct triplet_record next; /* to be stored; no host in it */
	bool next_is_spare; /* nothing that is decided later depends on it */
	bool counted;	    /* next_client is to be stored */
	bool whitelisted;   /* ... and from now on the client is */
	struct client_record next_client;
};

struct policy_client policy_client(
    const struct policy *, int64_t now, const struct client_record *seen);

/*
 * seen_client: as given to policy_client(), unless that was not asked or did
 * not count; NULL: none.
 */
struct policy_triplet policy_triplet(const struct policy *, int64_t now,
    const struct triplet_record *seen, const struct client_record *seen_client);

/* Has a record expired, and why? */
enum policy_expiry {
	POLICY_KEPT,
	POLICY_UNUSED,	    /* not seen for longer than max_age */
	POLICY_NEVER_PASSED /* and not seen for longer than retry_window */
};

enum policy_expiry policy_triplet_expiry(
    const struct policy *, int64_t now, const struct triplet_record *);
bool policy_triplet_expired(
    const struct policy *, int64_t now, const struct triplet_record *);
bool policy_client_expired(
    const struct policy *, int64_t now, const struct client_record *);

/*
 * For how many seconds from now a record can matter, for stores that forget by
 * themselves: until it has expired, with a minute more, since the clocks of
 * hosts differ; but never less than the retry window.
 */
int64_t policy_triplet_lives(
    const struct policy *, int64_t now, const struct triplet_record *);
int64_t policy_client_lives(
    const struct policy *, int64_t now, const struct client_record *);

#endif
