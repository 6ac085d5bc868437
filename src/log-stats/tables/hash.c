/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/random.h>
#include <stdlib.h>

#include "common/msg.h"
#include "common/program.h"
#include "hash.h"

enum { STEP = 256 };

uint64_t hash_seed;

void
hash_begin(void)
{
	if (getrandom(&hash_seed, sizeof(hash_seed), 0) == sizeof(hash_seed))
		return;
	msg(MSG_ERROR, "the kernel gives no random numbers: getrandom failed");
	exit(PROGRAM_FAILED);
}

uint64_t
hash_text(struct bytes text, uint64_t before)
{
	return XXH3_64bits_withSeed(text.data, text.len, hash_seed ^ before) |
	    1;
}

uint64_t
hash_lower(struct bytes text, uint64_t before)
{
	char lower[STEP];
	size_t len;

	lower[0] = '\0';
	do {
		len = text.len < STEP ? text.len : STEP;
		for (size_t i = 0; i < len; i++)
			lower[i] = bytes_lower(text.data[i]);
		before = hash_text((struct bytes){ lower, len }, before);
		text = bytes_from(text, len);
	} while (text.len > 0);
	return before;
}
