/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that are to be sent, until the other side has taken them. */
#ifndef REDIS_OUT_H
#define REDIS_OUT_H

#include "common/bytes.h"

struct redis_out {
	char *data;
	size_t used, sent, room; /* bytes of it */
};

/* False: out of memory. */
bool redis_out_add(struct redis_out *, struct bytes);

/* What is left, which may be nothing. */
struct bytes redis_out_left(const struct redis_out *);

#endif
