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
	CLIENTS_PLACES = 12,	 /* where a client can be seen: 0 to 11 */
	CLIENTS_LIMIT = 3 << 17, /* different clients */
	CLIENTS_MARK_MAX = (1 << 20) - 1
};

struct clients {
	struct table table;
	char *names; /* in slots, each after its length */
	uint32_t slots, slots_used;
	uint32_t named;	  /* clients that have a name */
	uint64_t lost;	  /* times that one without a name was turned away */
	uint64_t dropped; /* sightings of clients above the limit */
};

/* True: the client was not seen there before. */
bool clients_see(struct clients *, uint64_t client, unsigned where);

/*
 * for_good: it was not only asked to come back later. Returns a mark of the
 * client, at most CLIENTS_MARK_MAX; 0: it has no name and is in no list.
 */
uint32_t clients_turn_away(
    struct clients *, uint64_t client, struct bytes address, bool for_good);
/* The last time was for good, after all. */
void clients_turned_for_good(struct clients *, uint64_t client);

/* It was not turned away, after all, once. */
void clients_take_back(struct clients *, uint64_t client);

/*
 * Clients that were turned away for good at least once, or whose marks are set,
 * are those that the next three count. A bit for each mark, all 0; the caller
 * frees them.
 */
unsigned char *clients_marks(const struct clients *);
static inline void
clients_mark(unsigned char *marks, uint32_t mark)
{
	marks[mark / 8] |= (unsigned char)(1u << mark % 8);
}

/* How often they were turned away, with those that have no name. */
uint64_t clients_total(const struct clients *, const unsigned char *marks);

/* As counts_top(): the clients that were turned away most often; valid until
 * the next one is. */
size_t clients_top(const struct clients *, const unsigned char *marks,
    size_t wanted, struct counted *top);

/* How often which network was turned away; see network.h. */
void clients_count_networks(
    const struct clients *, const unsigned char *marks, struct counts *);

#endif
