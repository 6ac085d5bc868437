/* SPDX-License-Identifier: BSD-2-Clause */
#include "redis_queue.h"

void
redis_queue_add(struct redis_queue *queue, struct redis_command *command)
{
	command->next = NULL;
	if (queue->first == NULL)
		queue->first = command;
	else
		queue->last->next = command;
	queue->last = command;
}

struct redis_command *
redis_queue_take(struct redis_queue *queue)
{
	struct redis_command *command = queue->first;

	if (command != NULL)
		queue->first = command->next;
	return command;
}
