/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A text that is put together in a buffer, which must have the room.
 */
#ifndef REPLY_TEXT_H
#define REPLY_TEXT_H

#include "common/bytes.h"
#include "common/num.h"

struct text {
	char *out;
	size_t used;
};

static inline void
add(struct text *text, struct bytes bytes)
{
	if (bytes.len > 0)
		memcpy(text->out + text->used, bytes.data, bytes.len);
	text->used += bytes.len;
}

static inline void
add_string(struct text *text, const char *string)
{
	add(text, bytes_of(string));
}

static inline void
add_number(struct text *text, int64_t number)
{
	text->used += num_format(number, text->out + text->used);
}

#endif
