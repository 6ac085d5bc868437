/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often which text was seen. So many texts are kept as the limit says; at
 * the limit the rarest half goes, and what they counted is remembered as a sum:
 * the counts of those that are left are exact unless they went and came again.
 */
#ifndef COUNTS_H
#define COUNTS_H

#include "bytes.h"
#include "hashes.h"

struct counts {
	struct hashes table;
	uint64_t total;
	uint64_t dropped; /* of the total */
};

struct counted {
	uint64_t hash;
	uint64_t count;
	char *text;
	size_t len;
};

enum { COUNTS_LIMIT = 16384, COUNTS_TEXT_MAX = 200 };

/* Longer texts are cut. */
void counts_add(struct counts *, struct bytes text, uint64_t count);
/* Upper and lower case are the same. */
void counts_add_lower(struct counts *, struct bytes text, uint64_t count);

/*
 * The entries with the highest counts, the highest first, those of equal count
 * by their texts; returns how many of the wanted there are. They are valid
 * until the next counts_add().
 */
size_t counts_top(
    const struct counts *, size_t wanted, const struct counted **top);

void counts_free(struct counts *);

#endif
