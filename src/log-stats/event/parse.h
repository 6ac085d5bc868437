/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the readers of fields.h share: the parts that the second halves of lines
 * are made of. Those that take a pointer to a text move it to what is after the
 * part that they read.
 */
#ifndef PARSE_H
#define PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/bytes.h"

static inline bool
parse_skip(struct bytes *text, const char *literal, size_t len)
{
	if (text->len < len || memcmp(text->data, literal, len) != 0)
		return false;
	*text = bytes_from(*text, len);
	return true;
}
/* The length of a literal is known when it is compiled: that makes it fast. */
#define SKIP(text, literal) parse_skip(text, literal, sizeof(literal) - 1)

/* What stands in front of a place in the text. */
static inline struct bytes
parse_before(struct bytes text, const char *at)
{
	return (struct bytes){ text.data, (size_t)(at - text.data) };
}

/* NULL: it is not in the text. */
const char *parse_find(struct bytes text, const char *literal);
const char *parse_find_last(struct bytes text, const char *literal);
/* Moves the text to what is after the literal. False: it is not in there. */
bool parse_after(struct bytes *text, const char *literal);

/*
 * The mailbox up to the ">" that ends it; an old Postfix may log others within.
 * The text begins after the "<". False: there is no end.
 */
bool parse_mailbox(struct bytes *text, struct bytes *address);

/* The enhanced status code "5.7.1", and a blank after it; empty: there is
 * none. */
struct bytes parse_enhanced(struct bytes *text);

/* "0.43", "12": microseconds. */
int64_t parse_seconds(struct bytes *text);

/* The queue id after the last "queued as "; empty: there is none. */
struct bytes parse_queued_as(struct bytes text);

#endif
