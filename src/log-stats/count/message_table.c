/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "log-stats/tables/hash.h"
#include "log-stats/tables/memory.h"
#include "message_table.h"

enum {
	MESSAGES_LIMIT = 25000,
	RETIRED_LIMIT = 4096,
};

struct slot {
	uint64_t hash;
	struct message *message;
};

struct message_list {
	struct message **oldest, **newest;
};

static struct message_list
list_of(struct messages *messages, const struct message *message)
{
	return message->flags & MESSAGE_REMOVED ?
	    (struct message_list){ &messages->removed_oldest,
		    &messages->removed_newest } :
	    (struct message_list){ &messages->oldest, &messages->newest };
}

static void
append(struct messages *messages, struct message *message)
{
	struct message_list list = list_of(messages, message);

	message->newer = NULL;
	message->older = *list.newest;
	*(*list.newest == NULL ? list.oldest :
				 &(*list.newest)->newer) = message;
	*list.newest = message;
}

static void
take_out(struct messages *messages, struct message *message)
{
	struct message_list list = list_of(messages, message);

	*(message->older == NULL ? list.oldest :
				   &message->older->newer) = message->newer;
	*(message->newer == NULL ? list.newest :
				   &message->newer->older) = message->older;
}

static struct message *
find_hash(const struct messages *messages, uint64_t hash)
{
	const struct slot *slot = table_find(&messages->table, hash);

	return slot == NULL ? NULL : slot->message;
}

static uint64_t
key_of(const struct messages *messages, struct bytes queue_id)
{
	return hash_text(
	    queue_id, messages->ledger->entry->writer->instance_hash);
}

struct message *
message_find(struct messages *messages, struct bytes queue_id)
{
	return find_hash(messages, key_of(messages, queue_id));
}

struct message *
message_find_near(struct messages *messages, struct bytes queue_id)
{
	struct message *message;

	if (queue_id.len == 0)
		return NULL;
	message = message_find(messages, queue_id);
	for (size_t i = 0; message == NULL && i < messages->instance_count; i++)
		if (messages->instances[i].host ==
		    messages->ledger->entry->writer->host_hash)
			message = find_hash(messages,
			    hash_text(
				queue_id, messages->instances[i].instance));
	return message;
}

static void
put_into_table(struct messages *messages, struct message *message)
{
	struct slot *slot;
	bool is_new;

	slot = table_add(
	    &messages->table, sizeof(*slot), message->hash, &is_new);
	slot->message = message;
}

struct message *
message_adopt(struct messages *messages, struct bytes queue_id)
{
	for (size_t i = 0; i < messages->instance_count; i++) {
		struct message *message = find_hash(messages,
		    hash_text(queue_id, messages->instances[i].instance));

		if (message == NULL || !(message->flags & MESSAGE_UNDECIDED) ||
		    (message->flags & MESSAGE_HAS_ID) ||
		    messages->instances[i].has_queue)
			continue;
		table_remove(&messages->table,
		    table_find(&messages->table, message->hash));
		message->hash = key_of(messages, queue_id);
		put_into_table(messages, message);
		return message;
	}
	return NULL;
}

void
message_has_queue(struct messages *messages)
{
	for (size_t i = 0; i < messages->instance_count; i++)
		if (messages->instances[i].instance ==
		    messages->ledger->entry->writer->instance_hash)
			messages->instances[i].has_queue = true;
}

/* For message_find_near(). */
static void
remember_instance(struct messages *messages, const struct writer *writer)
{
	for (size_t i = 0; i < messages->instance_count; i++)
		if (messages->instances[i].instance == writer->instance_hash)
			return;
	if (messages->instance_count == MESSAGE_INSTANCES) {
		messages->not_followed++;
		return;
	}
	messages->instances[messages->instance_count].host = writer->host_hash;
	messages->instances[messages->instance_count++]
	    .instance = writer->instance_hash;
}

static struct message *
allocate(struct messages *messages)
{
	struct message *message = messages->spare;

	if (message == NULL)
		return memory_new(1, sizeof(*message));
	messages->spare = message->older;
	/* gcc 12 makes a slow loop of memset(). */
	explicit_bzero(message, sizeof(*message));
	return message;
}

struct message *
message_new(struct messages *messages, struct bytes queue_id)
{
	struct message *message;

	if (messages->table.count >= MESSAGES_LIMIT + RETIRED_LIMIT) {
		message_forget(messages, messages->oldest);
		messages->dropped++;
	}
	remember_instance(messages, messages->ledger->entry->writer);
	message = allocate(messages);
	message->hash = key_of(messages, queue_id);
	message->seconds = messages->ledger->now;
	put_into_table(messages, message);
	append(messages, message);
	return message;
}

static void
release(struct messages *messages, struct message *message)
{
	struct message *root = message->root;

	if (message->children > 0)
		return;
	messages->many_count -= message->many.count;
	table_free(&message->many);
	message->older = messages->spare;
	messages->spare = message;
	if (root != NULL && --root->children == 0 &&
	    (root->flags & MESSAGE_NO_TABLE))
		release(messages, root);
}

void
message_forget(struct messages *messages, struct message *message)
{
	struct slot *slot = table_find(&messages->table, message->hash);

	if (message->flags & MESSAGE_REMOVED)
		messages->removed_count--;
	take_out(messages, message);
	table_remove(&messages->table, slot);
	message->flags |= MESSAGE_NO_TABLE;
	release(messages, message);
}

void
message_retire(struct messages *messages, struct message *message)
{
	if (message->flags & MESSAGE_REMOVED)
		return;
	take_out(messages, message);
	message->flags |= MESSAGE_REMOVED;
	append(messages, message);
	if (++messages->removed_count > RETIRED_LIMIT)
		message_forget(messages, messages->removed_oldest);
}

/*
 * The message itself gets its root directly: chains stay short. The one that
 * was between may go then, and is asked for no more.
 */
struct message *
message_root(struct messages *messages, struct message *message)
{
	struct message *between = message->root, *root = message;

	while (root->root != NULL)
		root = root->root;
	if (between == NULL || between == root)
		return root;
	message->root = root;
	root->children++;
	if (--between->children == 0 && (between->flags & MESSAGE_NO_TABLE))
		release(messages, between);
	return root;
}

void
message_set_root(struct message *message, struct message *root)
{
	message->root = root;
	root->children++;
}
