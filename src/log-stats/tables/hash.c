/* SPDX-License-Identifier: BSD-2-Clause */
#include "hash.h"

uint64_t
hash_lower(struct bytes text, uint64_t seed)
{
	return hash_words(text, seed, true);
}
