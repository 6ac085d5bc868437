/* SPDX-License-Identifier: BSD-2-Clause */
#include "message_table.h"

enum { MANY_LIMIT = 40000 }; /* recipients of all messages that have many */

struct recipient *
message_recipient(struct message *message, uint64_t hash)
{
	if (message->many.count > 0)
		return table_find(&message->many, hash);
	for (int i = 0; i < MESSAGE_FEW; i++)
		if (message->few[i].hash == hash)
			return &message->few[i];
	return NULL;
}

static void
move_to_many(struct messages *all, struct message *message)
{
	bool is_new;

	for (int i = 0; i < MESSAGE_FEW; i++) {
		struct recipient *copy = table_add(&message->many,
		    sizeof(*copy), message->few[i].hash, &is_new);

		copy->is_waiting = message->few[i].is_waiting;
		message->few[i].hash = 0;
	}
	all->many_count += MESSAGE_FEW;
}

struct recipient *
message_add_recipient(
    struct messages *all, struct message *message, uint64_t hash, bool *is_new)
{
	struct recipient *recipient = message_recipient(message, hash);

	*is_new = recipient == NULL;
	if (recipient != NULL)
		return recipient;
	for (int i = 0; message->many.count == 0 && i < MESSAGE_FEW; i++)
		if (message->few[i].hash == 0) {
			message->few[i].hash = hash;
			message->few[i].is_waiting = 0;
			return &message->few[i];
		}
	if (all->many_count >= MANY_LIMIT) {
		all->recipients.dropped++;
		return NULL;
	}
	if (message->many.count == 0)
		move_to_many(all, message);
	all->many_count++;
	return table_add(&message->many, sizeof(*recipient), hash, is_new);
}

void
message_remove_recipient(
    struct messages *all, struct message *message, struct recipient *recipient)
{
	if (message->many.count == 0) {
		recipient->hash = 0;
		return;
	}
	all->many_count--;
	table_remove(&message->many, recipient);
}

struct recipient *
message_next_recipient(struct message *message, size_t *at)
{
	while (message->many.count == 0 && *at < MESSAGE_FEW)
		if (message->few[(*at)++].hash != 0)
			return &message->few[*at - 1];
	return table_next(&message->many, at);
}
