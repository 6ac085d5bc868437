/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands, one after the other. */
#ifndef REDIS_QUEUE_H
#define REDIS_QUEUE_H

#include "redis_command.h"

struct redis_queue {
	struct redis_command *first, *last;
};

void redis_queue_add(struct redis_queue *, struct redis_command *);
/* The first, or NULL. */
struct redis_command *redis_queue_take(struct redis_queue *);

#endif
