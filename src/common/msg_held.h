/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of a log that wait for others, so that one write(2) takes them all.
 */
#ifndef MSG_HELD_H
#define MSG_HELD_H

#include <time.h>

#include "msg_level.h"

enum { MSG_HELD_LINES = 256 };

struct msg_held {
	size_t count;
	size_t used; /* of text */
	struct {
		enum msg_level level;
		struct timespec when;
		struct bytes text;
	} line[MSG_HELD_LINES];
	char text[4 * MSG_MAX];
};

/* The text is copied, as far as a line has room for it. False: no more have
   room. */
bool msg_held_add(struct msg_held *, enum msg_level, const struct timespec *,
    struct bytes text);

void msg_held_clear(struct msg_held *);

#endif
