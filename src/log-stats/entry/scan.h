/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text, many bytes at a time: most of what is looked for in a line is near, and
 * a call of memchr(3), or a loop that ends differently each time, costs more
 * than the search. Nothing outside a text is read.
 */
#ifndef SCAN_H
#define SCAN_H

#include <endian.h>
#include <stdint.h>

#include "common/bytes.h"

/* Eight bytes; the first is the lowest, on every machine. */
static inline uint64_t
scan_word(const char *data)
{
	uint64_t word;

	memcpy(&word, data, sizeof(word));
	return le64toh(word);
}

/* The first eight bytes; where there are fewer, 0 stands for the others. */
static inline uint64_t
scan_front(struct bytes text)
{
	uint64_t word = 0;

	if (text.len >= sizeof(word))
		return scan_word(text.data);
	for (size_t i = text.len; i-- > 0;)
		word = word << 8 | (unsigned char)text.data[i];
	return word;
}

#define SCAN_LOWS UINT64_C(0x0101010101010101)
#define SCAN_HIGHS UINT64_C(0x8080808080808080)

/*
 * Of the bytes of a step, those that are c: the lowest bit that is set says
 * which is the first of them; 0: none is.
 */
#if defined(__SSE2__) && !defined(SCAN_WORDS) /* for a test */
#include <emmintrin.h>

enum { SCAN_STEP = 16, SCAN_BITS = 1 }; /* bits for each byte */

static inline uint64_t
scan_hits(const char *data, char c)
{
	const __m128i bytes = _mm_loadu_si128((const __m128i *)data);

	return (uint64_t)_mm_movemask_epi8(
	    _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
}
#else
enum { SCAN_STEP = 8, SCAN_BITS = 8 };

static inline uint64_t
scan_hits(const char *data, char c)
{
	uint64_t difference = scan_word(data) ^ SCAN_LOWS * (unsigned char)c;

	return (difference - SCAN_LOWS) & ~difference & SCAN_HIGHS;
}
#endif

static inline uint64_t
scan_hits_of_either(const char *data, char a, char b)
{
	return scan_hits(data, a) | scan_hits(data, b);
}

/*
 * The rest of a text whose first step holds neither: what is left after the
 * whole steps is looked at in a last one that ends with the text. A text
 * shorter than a step is looked at byte by byte.
 */
__attribute__((always_inline)) static inline size_t
scan_further(struct bytes text, char a, char b)
{
	size_t at = 0;
	uint64_t hits = 0;

	if (text.len < SCAN_STEP) {
		while (
		    at < text.len && text.data[at] != a && text.data[at] != b)
			at++;
		return at;
	}
	while (hits == 0 && at < text.len - SCAN_STEP) {
		at += SCAN_STEP;
		if (at > text.len - SCAN_STEP)
			at = text.len - SCAN_STEP;
		hits = scan_hits_of_either(text.data + at, a, b);
	}
	return hits == 0 ? text.len :
			   at + (size_t)__builtin_ctzll(hits) / SCAN_BITS;
}

/* The length of what stands before the first a or b; all, if neither is there.
 * Always within its callers: called, it costs 2 % of a report. */
__attribute__((always_inline)) static inline size_t
scan_until_either(struct bytes text, char a, char b)
{
	uint64_t hits;

	if (text.len >= SCAN_STEP) {
		hits = scan_hits_of_either(text.data, a, b);
		if (hits != 0)
			return (size_t)__builtin_ctzll(hits) / SCAN_BITS;
	}
	return scan_further(text, a, b);
}

static inline size_t
scan_until(struct bytes text, char c)
{
	return scan_until_either(text, c, c);
}

/* Of at least eight bytes. */
static inline bool
scan_equal(const char *a, const char *b, size_t len)
{
	for (size_t at = 0; at + 8 < len; at += 8)
		if (scan_word(a + at) != scan_word(b + at))
			return false;
	return scan_word(a + len - 8) == scan_word(b + len - 8);
}

/* The number that the first 1 to 8 digits of the word make. */
static inline uint64_t
scan_value(uint64_t word, size_t digits)
{
	uint64_t value = (word << (64 - 8 * digits)) &
	    UINT64_C(0x0f0f0f0f0f0f0f0f);

	value = (value * 2561 >> 8) & UINT64_C(0x00ff00ff00ff00ff);
	value = (value * 6553601 >> 16) & UINT64_C(0x0000ffff0000ffff);
	return value * UINT64_C(42949672960001) >> 32;
}

/* How many digits, at most 8, are at the front of the word. */
static inline size_t
scan_digits_of(uint64_t word)
{
	uint64_t digits = word ^ SCAN_LOWS * '0';
	uint64_t others = ((digits + SCAN_LOWS * (0x80 - 10)) | digits) &
	    SCAN_HIGHS;

	return others == 0 ? 8 : (size_t)__builtin_ctzll(others) / 8;
}

/* A number whose first eight digits are known: rare. */
static __attribute__((noinline, cold, unused)) size_t
scan_long_number(struct bytes text, uint64_t *number)
{
	size_t len = 8;

	for (; len < text.len && bytes_is_digit(text.data[len]); len++)
		if (len < 18)
			*number = *number * 10 +
			    (uint64_t)(text.data[len] - '0');
	return len;
}

/* How many digits are at the front, and the number that the first 18 of them
 * make. */
static inline size_t
scan_number(struct bytes text, uint64_t *number)
{
	const uint64_t word = scan_front(text);
	size_t len = scan_digits_of(word);

	*number = len == 0 ? 0 : scan_value(word, len);
	return len < 8 ? len : scan_long_number(text, number);
}

#endif
