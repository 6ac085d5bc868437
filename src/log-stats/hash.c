/* SPDX-License-Identifier: BSD-2-Clause */
#include "hash.h"

uint64_t
hash_lower(struct bytes bytes, uint64_t seed)
{
	char lower[64];
	uint64_t hash = seed;

	while (bytes.len > 0) {
		size_t len = bytes.len < sizeof(lower) ? bytes.len :
							 sizeof(lower);

		for (size_t i = 0; i < len; i++)
			lower[i] = bytes_lower(bytes.data[i]);
		hash = hash_bytes((struct bytes){ lower, len }, hash);
		bytes = bytes_from(bytes, len);
	}
	return hash_mix(hash, 1) | 1;
}
