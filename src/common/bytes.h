/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A run of bytes that somebody else owns. It may hold any byte, NUL included,
 * and is not terminated. data may be NULL when len is 0.
 */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct bytes {
	const char *data;
	size_t len;
};

static inline struct bytes
bytes_of(const char *text)
{
	return (struct bytes){ text, strlen(text) };
}

static inline bool
bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* As memcmp(3): less than, equal to or greater than 0. */
static inline int
bytes_compare(struct bytes a, struct bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.data, b.data, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static inline bool
bytes_begin_with(struct bytes bytes, struct bytes front)
{
	return bytes.len >= front.len &&
	    (front.len == 0 || memcmp(bytes.data, front.data, front.len) == 0);
}

/* What follows the first n bytes. */
static inline struct bytes
bytes_from(struct bytes b, size_t n)
{
	return (struct bytes){ b.data + n, b.len - n };
}

/*
 * What follows the last c, or all of it where there is none: with '@', the
 * domain of an address.
 */
static inline struct bytes
bytes_after_last(struct bytes b, char c)
{
	const char *last = b.len == 0 ? NULL : memrchr(b.data, c, b.len);

	return last == NULL ? b : bytes_from(b, (size_t)(last + 1 - b.data));
}

/* ASCII only, whatever the locale. */
static inline bool
bytes_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How many digits are at the front. */
static inline size_t
bytes_digits(struct bytes text)
{
	size_t len = 0;

	while (len < text.len && bytes_is_digit(text.data[len]))
		len++;
	return len;
}

/* As isspace(3) in the C locale. */
static inline bool
bytes_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without the blanks around it. */
static inline struct bytes
bytes_trim(struct bytes text)
{
	while (text.len > 0 && bytes_is_blank(text.data[0]))
		text = bytes_from(text, 1);
	while (text.len > 0 && bytes_is_blank(text.data[text.len - 1]))
		text.len--;
	return text;
}

/* ASCII only, whatever the locale: addresses are compared like this. */
static inline char
bytes_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

#endif
