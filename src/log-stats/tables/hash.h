/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hashes of 64 bits that stand for what they were made of: sessions, queue ids
 * and triplets are kept as them, so that a table (table.h) stays small. Among a
 * million keys, two share a hash once in 18 million logs. They are XXH3 with a
 * seed that differs from run to run: whoever sends mail can't choose texts that
 * share a place. So nothing that is reported may depend on their order.
 *
 * before: the hash of what came before, to make one of several parts; 0, or a
 * small number that tells kinds apart, for the first. No hash is ever 0.
 */
#ifndef HASH_H
#define HASH_H

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "common/bytes.h"

/* Random after hash_begin(), which comes before the first hash; 0 else. */
extern uint64_t hash_seed;
void hash_begin(void);

uint64_t hash_text(struct bytes, uint64_t before);

/* The same for upper and lower case of ASCII. */
uint64_t hash_lower(struct bytes, uint64_t before);

static inline uint64_t
hash_number(uint64_t number)
{
	return XXH3_64bits_withSeed(&number, sizeof(number), hash_seed) | 1;
}

static inline uint64_t
hash_pair(uint64_t a, uint64_t b)
{
	const uint64_t pair[2] = { a, b };

	return XXH3_64bits_withSeed(pair, sizeof(pair), hash_seed) | 1;
}

#endif
