/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "redis_out.h"

enum { FIRST_ROOM = 4096 };

bool
redis_out_add(struct redis_out *out, struct bytes bytes)
{
	size_t room = out->room == 0 ? FIRST_ROOM : out->room;
	char *data;

	if (out->sent == out->used)
		out->sent = out->used = 0;
	while (room - out->used < bytes.len)
		room *= 2;
	if (room != out->room) {
		data = realloc(out->data, room);
		if (data == NULL)
			return false;
		out->data = data;
		out->room = room;
	}
	if (bytes.len > 0)
		memcpy(out->data + out->used, bytes.data, bytes.len);
	out->used += bytes.len;
	return true;
}

struct bytes
redis_out_left(const struct redis_out *out)
{
	return (struct bytes){ out->data + out->sent, out->used - out->sent };
}
