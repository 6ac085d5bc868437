/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clients, by the hashes of their addresses: where each was seen, for the
 * numbers of different ones, and how often it was turned away. The addresses of
 * those that were are kept as they stood in the log.
 */
#ifndef CLIENTS_H
#define CLIENTS_H

#include "counts.h"

/* So many places a client can be seen at: 0 to 11; so many different ones. */
enum { CLIENTS_PLACES = 12, CLIENTS_LIMIT = 3 << 17 };

struct clients {
	struct table table;
	char *names; /* in slots, each behind its length */
	uint32_t slots, slots_used;
	uint32_t named;	      /* clients */
	uint64_t turned_away; /* times, of all together */
	uint64_t lost;	      /* of these: without a name, in no list */
	uint64_t dropped; /* not counted: there were too many different ones */
};

/* True: it was not seen there before. */
bool clients_see(struct clients *, uint64_t client, unsigned where);

void clients_turn_away(struct clients *, uint64_t client, struct bytes address);

/* As counts_top(), of those that were turned away most often; valid until the
 * next is. */
size_t clients_top(const struct clients *, size_t wanted, struct counted *top);

/* How often which network was turned away; see network.h. */
void clients_count_networks(const struct clients *, struct counts *);

#endif
