/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Triplets of the same sender and recipient in several networks. Rows are shown
 * twice: first all are counted, in a table of fixed size, so that only those
 * that there are several of need to be kept.
 */
#ifndef SIGHTINGS_H
#define SIGHTINGS_H

#include "grey-dump/row.h"

enum { SIGHTINGS_DOMAIN_MAX = 32 };

struct sighting {
	uint64_t mail; /* stands for sender and recipient */
	struct address close, network;
	int64_t first;
	unsigned char prefix; /* of the network, of 128 */
	bool passed;
	bool counts;   /* is one of a pool ... */
	bool is_first; /* ... and the first of its mail there */
	char domain[SIGHTINGS_DOMAIN_MAX]; /* of the sender; the end of a long
					      one, after three dots */
};

struct sightings {
	uint8_t *seen; /* a slot: 0 never, 1 once, 2 more often */
	struct sighting *kept;
	size_t count, room;
	int64_t dropped; /* for which there was no room */
};

/* False: out of memory. */
bool sightings_init(struct sightings *);
void sightings_free(struct sightings *);

void sightings_count(struct sightings *, const struct row *);
/* Its place is the /16 of IPv4, the /32 of IPv6. False: out of memory. */
bool sightings_keep(struct sightings *, const struct row *);

#endif
