/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What greylisting did. Its triplets here: host, network of the client (/24 or
 * /64), sender, recipient, in lower case. A triplet has passed if the policy
 * server let it pass later, or if a message of it was accepted.
 */
#ifndef GREYLIST_H
#define GREYLIST_H

#include "ledger.h"

/* triplets = passed + never_returned + still_open */
struct greylist {
	struct ledger *ledger;
	uint64_t greylisted;
	uint64_t passed;
	uint64_t learned;
	uint64_t without_store;
	struct table triplets;	   /* struct triplet */
	struct table more_clients; /* struct more_client */
	uint64_t triplets_dropped;
	struct percentiles waits; /* microseconds, of delay= */
};

/* The hash of a host and the network of one of its clients. */
uint64_t greylist_network(const struct greylist *, struct bytes address);

/* A refusal that greylists: its client was turned away for now. Returns its
 * triplet. */
uint64_t greylist_reject(struct greylist *, const struct event *);
/* It was not to be counted here: when it came, and its triplet. */
void greylist_take_back(struct greylist *, int64_t seconds, uint64_t triplet);

/* The events of policy servers. */
void greylist_event(struct greylist *, const struct event *);

/* A message was accepted; sender: its hash_lower(). */
void greylist_accepted(struct greylist *, uint64_t network, uint64_t sender,
    struct bytes recipient);

struct greylist_fates {
	uint64_t triplets, passed, never_returned, still_open;
};
struct greylist_fates greylist_fates(const struct greylist *);

/* Sets the marks, of clients_marks(), of those whom a triplet that has not
 * passed turned away. */
void greylist_mark_waiting(const struct greylist *, unsigned char *marks);

#endif
