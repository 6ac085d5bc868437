/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pools that retried elsewhere: triplets of the same sender and recipient that
 * began within one retry window of each other, in several networks of a place.
 * Those of one domain in a place are one pool.
 */
#ifndef POOLS_H
#define POOLS_H

#include "sightings.h"

struct pool {
	struct address network; /* that has all of them */
	unsigned prefix;
	int64_t networks, mails, passed;
	const char *domain; /* of all, in the sightings */
};

struct pools {
	struct pool *pool; /* those with most mails first */
	size_t pool_count;
	int64_t far_apart; /* mails of several places, and no pool */
};

/* Sorts the sightings. window: seconds. False: out of memory. */
bool pools_find(struct pools *, const struct sightings *, int64_t window);
void pools_free(struct pools *);

/* dropped: how many sightings were not looked at. */
void pools_say(const struct pools *, int64_t dropped);
void pools_json(const struct pools *, int64_t dropped);

#endif
