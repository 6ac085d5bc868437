/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clients, under the hashes of their addresses: where each was seen, to
 * count the different ones, and how often it was turned away. The address of a
 * client that was turned away is kept as it stood in the log.
 */
#ifndef CLIENTS_H
#define CLIENTS_H

#include "counts.h"

enum {
	CLIENTS_PLACES = 12,	/* where a client can be seen: 0 to 11 */
	CLIENTS_LIMIT = 3 << 17 /* different clients */
};

struct clients {
	struct table table;
	char *names; /* in slots, each after its length */
	uint32_t slots, slots_used;
	uint32_t named;	      /* clients that have a name */
	uint64_t turned_away; /* how often, all together */
	uint64_t lost;	      /* of these: of clients without a name */
	uint64_t dropped;     /* sightings of clients above the limit */
};

/* True: the client was not seen there before. */
bool clients_see(struct clients *, uint64_t client, unsigned where);

void clients_turn_away(struct clients *, uint64_t client, struct bytes address);

/* As counts_top(): the clients that were turned away most often; valid until
 * the next one is. */
size_t clients_top(const struct clients *, size_t wanted, struct counted *top);

/* How often which network was turned away; see network.h. */
void clients_count_networks(const struct clients *, struct counts *);

#endif
