/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hashes of 64 bits that stand for what they were made of: sessions, queue ids
 * and triplets are kept as them, so that a table stays small. Among a million
 * keys, two share a hash once in 18 million logs.
 */
#ifndef HASH_H
#define HASH_H

#include <stdint.h>

#include "log-stats/event/scan.h"

static inline uint64_t
hash_mix(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)(a ^ UINT64_C(0x9e3779b97f4a7c15)) *
	    (b ^ UINT64_C(0xd1b54a32d192ed03));

	return (uint64_t)product ^ (uint64_t)(product >> 64);
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
 * Seed: what came before, to hash several parts into one. Never 0. Two words
 * at a time, and the last two overlap what was before them, or each other; the
 * length goes in with them.
 */
static inline uint64_t
hash_bytes(struct bytes bytes, uint64_t seed)
{
	const char *at = bytes.data;
	size_t left = bytes.len;
	uint64_t hash = seed;

	if (left < 8)
		return hash_mix(hash + left, hash_few(at, left)) | 1;
	for (; left > 16; at += 16, left -= 16)
		hash = hash_mix(hash ^ scan_word(at), scan_word(at + 8));
	hash += bytes.len * UINT64_C(0xff51afd7ed558ccd);
	if (left < 8) {
		at -= 8;
		left += 8;
	}
	return hash_mix(hash ^ scan_word(at), scan_word(at + left - 8)) | 1;
}

/* Of a word, the bytes that are among the next so many. */
static inline uint64_t
hash_part(const char *at, size_t left)
{
	static const uint64_t masks[] = { 0, UINT64_C(0xff), UINT64_C(0xffff),
		UINT64_C(0xffffff), UINT64_C(0xffffffff),
		UINT64_C(0xffffffffff), UINT64_C(0xffffffffffff),
		UINT64_C(0xffffffffffffff) };

	return left >= 8 ? scan_word(at) : scan_word(at) & masks[left];
}

/*
 * ASCII only, as bytes_lower(): added to seven bits, what is above 'Z', or at
 * least 'A', comes into the eighth.
 */
static inline uint64_t
hash_fold(uint64_t word, bool in_lower_case)
{
	uint64_t sevens = word & ~SCAN_HIGHS;
	uint64_t above = sevens + SCAN_LOWS * (0x7f - 'Z');
	uint64_t from = sevens + SCAN_LOWS * (0x80 - 'A');

	if (!in_lower_case)
		return word;
	return word | ((from ^ above) & ~word & SCAN_HIGHS) >> 2;
}

static inline uint64_t
hash_words(struct bytes text, uint64_t seed, bool fold)
{
	const char *at = text.data;
	size_t left = text.len;
	uint64_t hash = seed + text.len * UINT64_C(0xff51afd7ed558ccd);

	if (left == 0)
		return hash_mix(hash, 0) | 1;
	for (; left > 16; at += 16, left -= 16)
		hash = hash_mix(hash ^ hash_fold(scan_word(at), fold),
		    hash_fold(scan_word(at + 8), fold));
	return hash_mix(hash ^ hash_fold(hash_part(at, left), fold),
		   hash_fold(
		       hash_part(at + 8, left > 8 ? left - 8 : 0), fold)) |
	    1;
}

/*
 * For text of a line, which has room behind it, see scan.h: up to 16 bytes take
 * the same way, however many they are. Not the hashes of hash_bytes().
 */
static inline uint64_t
hash_text(struct bytes text, uint64_t seed)
{
	return hash_words(text, seed, false);
}

/* As hash_text(), and the same for upper and lower case. */
uint64_t hash_lower(struct bytes, uint64_t seed);

#endif
