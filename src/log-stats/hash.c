/* SPDX-License-Identifier: BSD-2-Clause */
#include "hash.h"

/* Adding to seven bits moves what is above 'Z', or at least 'A', into the
 * eighth; ASCII only, as bytes_lower(). */
static uint64_t
lower(uint64_t word)
{
	uint64_t sevens = word & ~SCAN_HIGHS;
	uint64_t above = sevens + SCAN_LOWS * (0x7f - 'Z');
	uint64_t from = sevens + SCAN_LOWS * (0x80 - 'A');

	return word | ((from ^ above) & ~word & SCAN_HIGHS) >> 2;
}

uint64_t
hash_lower(struct bytes text, uint64_t seed)
{
	const char *at = text.data;
	size_t left = text.len;
	uint64_t hash = seed + text.len * UINT64_C(0xff51afd7ed558ccd);

	if (left == 0)
		return hash_mix(hash, 0) | 1;
	for (; left > 16; at += 16, left -= 16)
		hash = hash_mix(
		    hash ^ lower(scan_word(at)), lower(scan_word(at + 8)));
	return hash_mix(hash ^ lower(hash_part(at, left)),
		   lower(hash_part(at + 8, left > 8 ? left - 8 : 0))) |
	    1;
}
