/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hashes of 64 bits that stand for what they were made of: sessions, queue ids
 * and triplets are kept as them, so that a table stays small. Among a million
 * keys, two share a hash once in 37 million logs.
 */
#ifndef HASH_H
#define HASH_H

#include <stdint.h>

#include "bytes.h"

static inline uint64_t
hash_mix(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)(a ^ UINT64_C(0x9e3779b97f4a7c15)) *
	    (b ^ UINT64_C(0xd1b54a32d192ed03));

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
hash_word(const char *data, size_t len)
{
	uint64_t word = 0;

	memcpy(&word, data, len);
	return word;
}

/* Seed: what came before, to hash several parts into one. Never 0. */
static inline uint64_t
hash_bytes(struct bytes bytes, uint64_t seed)
{
	uint64_t hash = hash_mix(seed, bytes.len);
	const char *at = bytes.data;
	size_t left = bytes.len;

	for (; left >= 8; at += 8, left -= 8)
		hash = hash_mix(hash, hash_word(at, 8));
	if (left > 0)
		hash = hash_mix(hash, hash_word(at, left));
	hash = hash_mix(hash, bytes.len);
	return hash != 0 ? hash : 1;
}

/* The same for upper and lower case. */
uint64_t hash_lower(struct bytes, uint64_t seed);

#endif
