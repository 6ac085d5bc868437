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
hash_eight(const char *data)
{
	uint64_t word;

	memcpy(&word, data, sizeof(word));
	return word;
}

static inline uint64_t
hash_four(const char *data)
{
	uint32_t word;

	memcpy(&word, data, sizeof(word));
	return word;
}

/* Fewer than eight bytes as one word. */
static inline uint64_t
hash_few(const char *data, size_t len)
{
	if (len >= 4)
		return hash_four(data) << 32 | hash_four(data + len - 4);
	if (len == 0)
		return 0;
	return (uint64_t)(unsigned char)data[0] << 16 |
	    (uint64_t)(unsigned char)data[len / 2] << 8 |
	    (unsigned char)data[len - 1];
}

/*
 * Seed: what came before, to hash several parts into one. Never 0. The last
 * words overlap where the length is no multiple of theirs; the length itself
 * goes in first.
 */
static inline uint64_t
hash_bytes(struct bytes bytes, uint64_t seed)
{
	uint64_t hash = seed + bytes.len * UINT64_C(0xff51afd7ed558ccd);
	const char *at = bytes.data;
	size_t left = bytes.len;

	if (left < 8)
		hash = hash_mix(hash, hash_few(at, left));
	else {
		for (; left > 8; at += 8, left -= 8)
			hash = hash_mix(hash, hash_eight(at));
		hash = hash_mix(hash, hash_eight(at + left - 8));
	}
	return hash != 0 ? hash : 1;
}

/* The same for upper and lower case. */
uint64_t hash_lower(struct bytes, uint64_t seed);

#endif
