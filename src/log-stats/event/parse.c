/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/entry/entry.h"
#include "match.h"
#include "parse.h"
#include "log-stats/entry/scan.h"

enum { SECONDS_DIGITS = 10, SECONDS_MAX = 2147483647, FRACTION_DIGITS = 6 };

/* By the first byte, which is rare where it matters: faster than memmem(3). */
const char *
parse_find(struct bytes text, const char *literal)
{
	size_t len = strlen(literal);
	const char *at;

	while (text.len >= len &&
	    (at = memchr(text.data, *literal, text.len - len + 1)) != NULL) {
		if (memcmp(at, literal, len) == 0)
			return at;
		text = bytes_from(text, (size_t)(at + 1 - text.data));
	}
	return NULL;
}

const char *
parse_find_last(struct bytes text, const char *literal)
{
	const char *last = NULL, *found;

	while ((found = parse_find(text, literal)) != NULL) {
		last = found;
		text = bytes_from(text, (size_t)(found + 1 - text.data));
	}
	return last;
}

bool
parse_after(struct bytes *text, const char *literal)
{
	const char *found = parse_find(*text, literal);

	if (found == NULL)
		return false;
	*text = bytes_from(
	    *text, (size_t)(found - text->data) + strlen(literal));
	return true;
}

/* The length of the quoted string at the front, or 0. */
static size_t
quoted(struct bytes text)
{
	if (text.len == 0 || *text.data != '"')
		return 0;
	for (size_t at = 1; at < text.len; at++) {
		if (text.data[at] == '\\')
			at++;
		else if (text.data[at] == '"')
			return at + 1;
	}
	return 0;
}

bool
parse_mailbox(struct bytes *text, struct bytes *address)
{
	size_t at = quoted(*text);

	for (; at < text->len; at++) {
		const char *end = memchr(text->data + at, '>', text->len - at);

		if (end == NULL)
			return false;
		at = (size_t)(end - text->data);
		if (at + 1 == text->len || end[1] == ' ' || end[1] == ',' ||
		    end[1] == ':' || end[1] == ';' || end[1] == ')') {
			*address = parse_before(*text, end);
			*text = bytes_from(*text, at + 1);
			return true;
		}
	}
	return false;
}

struct bytes
parse_enhanced(struct bytes *text)
{
	struct bytes enhanced = { text->data, 0 };
	size_t len = 0;

	while (len < text->len &&
	    (bytes_is_digit(text->data[len]) || text->data[len] == '.'))
		len++;
	if (len < 5 || text->data[1] != '.')
		return enhanced;
	enhanced.len = len;
	*text = bytes_from(*text, len);
	SKIP(text, " ");
	return enhanced;
}

int64_t
parse_seconds(struct bytes *text)
{
	static const int64_t units[] = { MICROSECONDS, 100000, 10000, 1000, 100,
		10, 1 };
	uint64_t whole, fraction;
	int64_t value;
	size_t len = scan_number(*text, &whole);

	value = (int64_t)(len > SECONDS_DIGITS ? SECONDS_MAX : whole) *
	    MICROSECONDS;
	*text = bytes_from(*text, len);
	if (text->len == 0 || *text->data != '.')
		return value;
	len = scan_number(bytes_from(*text, 1), &fraction);
	*text = bytes_from(*text, 1 + len);
	for (; len > FRACTION_DIGITS; len--)
		fraction /= 10;
	return value + (int64_t)fraction * units[len];
}

struct bytes
parse_queued_as(struct bytes text)
{
	bool found = false;

	while (parse_after(&text, "queued as "))
		found = true;
	return (struct bytes){ text.data, found ? match_queue_id(text) : 0 };
}
