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

/* Of eight bytes, the letters of ASCII: added to seven bits, what is above 'Z',
 * or at least 'A', comes into the eighth. */
static uint64_t
lower_word(uint64_t word)
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = each << 7;
	uint64_t sevens = word & ~high;
	uint64_t above = sevens + each * (0x7f - 'Z');
	uint64_t from = sevens + each * (0x80 - 'A');

	return word | ((from ^ above) & ~word & high) >> 2;
}

static void
lower_at(char *to, const char *from)
{
	uint64_t word;

	memcpy(&word, from, sizeof(word));
	word = lower_word(word);
	memcpy(to, &word, sizeof(word));
}

/* Eight bytes at a time, the last of which overlap those before. */
static void
lower(char *to, struct bytes text)
{
	size_t at = 0;

	if (text.len < 8) {
		for (; at < text.len; at++)
			to[at] = bytes_lower(text.data[at]);
		return;
	}
	for (; at + 8 < text.len; at += 8)
		lower_at(to + at, text.data + at);
	lower_at(to + text.len - 8, text.data + text.len - 8);
}

uint64_t
hash_lower(struct bytes text, uint64_t before)
{
	char copy[STEP];
	size_t len;

	do {
		len = text.len < STEP ? text.len : STEP;
		lower(copy, (struct bytes){ text.data, len });
		before = hash_text((struct bytes){ copy, len }, before);
		text = bytes_from(text, len);
	} while (text.len > 0);
	return before;
}
