/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text, eight bytes at a time: most of what is looked for in a line is near,
 * and a call of memchr(3) or a loop over its bytes costs more than the search.
 * A word's first byte is its lowest, on every machine.
 */
#ifndef SCAN_H
#define SCAN_H

#include <endian.h>
#include <stdint.h>

#include "bytes.h"

#define SCAN_LOWS UINT64_C(0x0101010101010101)
#define SCAN_HIGHS UINT64_C(0x8080808080808080)

static inline uint64_t
scan_word(const char *data)
{
	uint64_t word;

	memcpy(&word, data, sizeof(word));
	return le64toh(word);
}

/* The lowest bit that is set is in the first byte that is c; 0: none is. */
static inline uint64_t
scan_hits(uint64_t word, char c)
{
	uint64_t difference = word ^ SCAN_LOWS * (unsigned char)c;

	return (difference - SCAN_LOWS) & ~difference & SCAN_HIGHS;
}

/* How many bytes are in front of the one with that bit. */
static inline size_t
scan_first(uint64_t hits)
{
	return (size_t)__builtin_ctzll(hits) / 8;
}

/* How many bytes are in front of the first a or b; all, if there is none. */
static inline size_t
scan_until_either(struct bytes text, char a, char b)
{
	size_t at = 0;

	for (; text.len - at >= 8; at += 8) {
		uint64_t word = scan_word(text.data + at);
		uint64_t hits = scan_hits(word, a) | scan_hits(word, b);

		if (hits != 0)
			return at + scan_first(hits);
	}
	while (at < text.len && text.data[at] != a && text.data[at] != b)
		at++;
	return at;
}

static inline size_t
scan_until(struct bytes text, char c)
{
	return scan_until_either(text, c, c);
}

static inline bool
scan_equal(const char *a, const char *b, size_t len)
{
	size_t at = 0;

	if (len < 8) {
		for (; at < len; at++)
			if (a[at] != b[at])
				return false;
		return true;
	}
	for (; at + 8 < len; at += 8)
		if (scan_word(a + at) != scan_word(b + at))
			return false;
	return scan_word(a + len - 8) == scan_word(b + len - 8);
}

/* The number that so many (1 to 8) digits at the front of the word are; other
 * than digits must not be among them. */
static inline uint64_t
scan_value(uint64_t word, size_t digits)
{
	uint64_t value = (word << (64 - 8 * digits)) &
	    UINT64_C(0x0f0f0f0f0f0f0f0f);

	value = (value * 2561 >> 8) & UINT64_C(0x00ff00ff00ff00ff);
	value = (value * 6553601 >> 16) & UINT64_C(0x0000ffff0000ffff);
	return value * UINT64_C(42949672960001) >> 32;
}

/* How many digits, 8 at most, are at the front of the word. */
static inline size_t
scan_digits_of(uint64_t word)
{
	uint64_t digits = word ^ SCAN_LOWS * '0';
	uint64_t others = ((digits + SCAN_LOWS * (0x80 - 10)) | digits) &
	    SCAN_HIGHS;

	return others == 0 ? 8 : scan_first(others);
}

/*
 * The digits at the front, and the number that they are; of more than 18 it is
 * the first 18.
 */
static inline size_t
scan_number(struct bytes text, uint64_t *number)
{
	size_t len = 0;

	*number = 0;
	if (text.len >= 8) {
		uint64_t word = scan_word(text.data);

		len = scan_digits_of(word);
		if (len == 0)
			return 0;
		*number = scan_value(word, len);
		if (len < 8)
			return len;
	}
	for (; len < text.len && bytes_is_digit(text.data[len]); len++)
		if (len < 18)
			*number = *number * 10 +
			    (uint64_t)(text.data[len] - '0');
	return len;
}

#endif
