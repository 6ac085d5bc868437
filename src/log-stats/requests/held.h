/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests that are held back, so that they can be written in the order of
 * their times: a recipient that was accepted is known only when its message is
 * delivered.
 */
#ifndef HELD_H
#define HELD_H

#include <stdbool.h>
#include <stddef.h>

#include "rcpt.h"

struct held {
	int64_t time;	 /* microseconds */
	uint64_t serial; /* the order in which they became known */
	uint64_t key;	 /* rcpt_key() */
	enum proof proof;
	bool has_helo;
	size_t len; /* of the text */
	char text[];
};

struct holder {
	struct held **heap;
	size_t count, room;
	size_t size; /* bytes of all */
	uint64_t last_serial;
};

/* Returns its serial, which is not 0. */
uint64_t held_add(struct holder *, const struct rcpt *, uint64_t key);

/* The earliest; NULL: there is none. */
const struct held *held_first(const struct holder *);

/* Takes it out; the caller frees. */
struct held *held_take(struct holder *);

/* There is more than may be held back. */
bool held_is_full(const struct holder *);

void held_free(struct holder *);

#endif
