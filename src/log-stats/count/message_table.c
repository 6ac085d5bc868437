/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "log-stats/tables/hash.h"
#include "log-stats/tables/memory.h"
#include "message_table.h"

enum {
	MESSAGES_LIMIT = 25000,
	RETIRED_LIMIT = 4096,
	MANY_LIMIT = 40000, /* recipients of all messages that have many */
};

struct slot {
	uint64_t hash;
	struct message *message;
};

struct message_list {
	struct message **oldest, **newest;
};

static struct message_list
list_of(struct tally *tally, const struct message *message)
{
	struct messages_tally *all = &tally->messages;

	return message->flags & MESSAGE_REMOVED ?
	    (struct message_list){ &all->removed_oldest,
		    &all->removed_newest } :
	    (struct message_list){ &all->oldest, &all->newest };
}

static void
append(struct tally *tally, struct message *message)
{
	struct message_list list = list_of(tally, message);

	message->newer = NULL;
	message->older = *list.newest;
	*(*list.newest == NULL ? list.oldest :
				 &(*list.newest)->newer) = message;
	*list.newest = message;
}

static void
take_out(struct tally *tally, struct message *message)
{
	struct message_list list = list_of(tally, message);

	*(message->older == NULL ? list.oldest :
				   &message->older->newer) = message->newer;
	*(message->newer == NULL ? list.newest :
				   &message->newer->older) = message->older;
}

static struct message *
find_hash(const struct tally *tally, uint64_t hash)
{
	const struct slot *slot = table_find(&tally->messages.table, hash);

	return slot == NULL ? NULL : slot->message;
}

static uint64_t
key_of(const struct tally *tally, struct bytes queue_id)
{
	return hash_text(queue_id, tally->entry->writer->instance_hash);
}

struct message *
message_find(struct tally *tally, struct bytes queue_id)
{
	return find_hash(tally, key_of(tally, queue_id));
}

struct message *
message_find_near(struct tally *tally, struct bytes queue_id)
{
	struct message *message = message_find(tally, queue_id);
	const struct messages_tally *all = &tally->messages;

	for (size_t i = 0; message == NULL && i < all->instance_count; i++)
		if (all->instances[i].host == tally->entry->writer->host_hash)
			message = find_hash(tally,
			    hash_text(queue_id, all->instances[i].instance));
	return message;
}

static void
put_into_table(struct tally *tally, struct message *message)
{
	struct slot *slot;
	bool is_new;

	slot = table_add(
	    &tally->messages.table, sizeof(*slot), message->hash, &is_new);
	slot->message = message;
}

struct message *
message_adopt(struct tally *tally, struct bytes queue_id)
{
	const struct messages_tally *all = &tally->messages;

	for (size_t i = 0; i < all->instance_count; i++) {
		struct message *message = find_hash(
		    tally, hash_text(queue_id, all->instances[i].instance));

		if (message == NULL || !(message->flags & MESSAGE_UNDECIDED) ||
		    (message->flags & MESSAGE_HAS_ID) ||
		    all->instances[i].has_queue)
			continue;
		table_remove(&tally->messages.table,
		    table_find(&tally->messages.table, message->hash));
		message->hash = key_of(tally, queue_id);
		put_into_table(tally, message);
		return message;
	}
	return NULL;
}

void
message_has_queue(struct tally *tally)
{
	struct messages_tally *all = &tally->messages;

	for (size_t i = 0; i < all->instance_count; i++)
		if (all->instances[i].instance ==
		    tally->entry->writer->instance_hash)
			all->instances[i].has_queue = true;
}

/* For message_find_near(). */
static void
remember_instance(struct messages_tally *all, const struct writer *writer)
{
	for (size_t i = 0; i < all->instance_count; i++)
		if (all->instances[i].instance == writer->instance_hash)
			return;
	if (all->instance_count == MESSAGE_INSTANCES) {
		all->not_followed++;
		return;
	}
	all->instances[all->instance_count].host = writer->host_hash;
	all->instances[all->instance_count++].instance = writer->instance_hash;
}

static struct message *
allocate(struct messages_tally *all)
{
	struct message *message = all->spare;

	if (message == NULL)
		return memory_new(1, sizeof(*message));
	all->spare = message->older;
	/* gcc 12 makes a slow loop of memset(). */
	explicit_bzero(message, sizeof(*message));
	return message;
}

struct message *
message_new(struct tally *tally, struct bytes queue_id)
{
	struct messages_tally *all = &tally->messages;
	struct message *message;

	if (all->table.count >= MESSAGES_LIMIT + RETIRED_LIMIT) {
		message_forget(tally, all->oldest);
		all->dropped++;
	}
	remember_instance(all, tally->entry->writer);
	message = allocate(all);
	message->hash = key_of(tally, queue_id);
	message->seconds = tally_now(tally);
	put_into_table(tally, message);
	append(tally, message);
	return message;
}

static void
release(struct tally *tally, struct message *message)
{
	struct message *root = message->root;

	if (message->children > 0)
		return;
	tally->messages.many_count -= message->many.count;
	table_free(&message->many);
	message->older = tally->messages.spare;
	tally->messages.spare = message;
	if (root != NULL && --root->children == 0 &&
	    (root->flags & MESSAGE_NO_TABLE))
		release(tally, root);
}

void
message_forget(struct tally *tally, struct message *message)
{
	struct slot *slot = table_find(&tally->messages.table, message->hash);

	if (message->flags & MESSAGE_REMOVED)
		tally->messages.removed_count--;
	take_out(tally, message);
	table_remove(&tally->messages.table, slot);
	message->flags |= MESSAGE_NO_TABLE;
	release(tally, message);
}

void
message_retire(struct tally *tally, struct message *message)
{
	if (message->flags & MESSAGE_REMOVED)
		return;
	take_out(tally, message);
	message->flags |= MESSAGE_REMOVED;
	append(tally, message);
	if (++tally->messages.removed_count > RETIRED_LIMIT)
		message_forget(tally, tally->messages.removed_oldest);
}

/*
 * The message itself gets its root directly: chains stay short. The one that
 * was between may go then, and is asked for no more.
 */
struct message *
message_root(struct tally *tally, struct message *message)
{
	struct message *between = message->root, *root = message;

	while (root->root != NULL)
		root = root->root;
	if (between == NULL || between == root)
		return root;
	message->root = root;
	root->children++;
	if (--between->children == 0 && (between->flags & MESSAGE_NO_TABLE))
		release(tally, between);
	return root;
}

void
message_set_root(struct message *message, struct message *root)
{
	message->root = root;
	root->children++;
}

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
move_to_many(struct tally *tally, struct message *message)
{
	bool is_new;

	for (int i = 0; i < MESSAGE_FEW; i++) {
		struct recipient *copy = table_add(&message->many,
		    sizeof(*copy), message->few[i].hash, &is_new);

		copy->is_waiting = message->few[i].is_waiting;
		message->few[i].hash = 0;
	}
	tally->messages.many_count += MESSAGE_FEW;
}

struct recipient *
message_add_recipient(
    struct tally *tally, struct message *message, uint64_t hash, bool *is_new)
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
	if (tally->messages.many_count >= MANY_LIMIT) {
		tally->recipients.dropped++;
		return NULL;
	}
	if (message->many.count == 0)
		move_to_many(tally, message);
	tally->messages.many_count++;
	return table_add(&message->many, sizeof(*recipient), hash, is_new);
}

void
message_each_recipient(struct message *message,
    void (*visit)(struct recipient *, void *), void *argument)
{
	struct recipient *recipient;
	size_t at = 0;

	for (int i = 0; i < MESSAGE_FEW; i++)
		if (message->few[i].hash != 0)
			visit(&message->few[i], argument);
	while ((recipient = table_next(&message->many, &at)) != NULL)
		visit(recipient, argument);
}
