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

static struct message_list *
list_of(struct messages *all, const struct message *message)
{
	return message->flags & MESSAGE_REMOVED ? &all->removed : &all->living;
}

void
messages_begin(struct messages *all)
{
	TAILQ_INIT(&all->living);
	TAILQ_INIT(&all->removed);
}

static struct message *
find_hash(const struct messages *all, uint64_t hash)
{
	const struct slot *slot = table_find(&all->table, hash);

	return slot == NULL ? NULL : slot->message;
}

static uint64_t
key_of(const struct messages *all, struct bytes queue_id)
{
	return hash_text(queue_id, all->ledger->entry->writer->instance_hash);
}

struct message *
message_find(struct messages *all, struct bytes queue_id)
{
	return find_hash(all, key_of(all, queue_id));
}

struct message *
message_find_near(struct messages *all, struct bytes queue_id)
{
	struct message *message;

	if (queue_id.len == 0)
		return NULL;
	message = message_find(all, queue_id);
	for (size_t i = 0; message == NULL && i < all->instance_count; i++)
		if (all->instances[i].host ==
		    all->ledger->entry->writer->host_hash)
			message = find_hash(all,
			    hash_text(queue_id, all->instances[i].instance));
	return message;
}

static void
put_into_table(struct messages *all, struct message *message)
{
	struct slot *slot;
	bool is_new;

	slot = table_add(&all->table, sizeof(*slot), message->hash, &is_new);
	slot->message = message;
}

struct message *
message_adopt(struct messages *all, struct bytes queue_id)
{
	for (size_t i = 0; i < all->instance_count; i++) {
		struct message *message = find_hash(
		    all, hash_text(queue_id, all->instances[i].instance));

		if (message == NULL || !(message->flags & MESSAGE_UNDECIDED) ||
		    (message->flags & MESSAGE_HAS_ID) ||
		    all->instances[i].has_queue)
			continue;
		table_remove(
		    &all->table, table_find(&all->table, message->hash));
		message->hash = key_of(all, queue_id);
		put_into_table(all, message);
		return message;
	}
	return NULL;
}

void
message_has_queue(struct messages *all)
{
	for (size_t i = 0; i < all->instance_count; i++)
		if (all->instances[i].instance ==
		    all->ledger->entry->writer->instance_hash)
			all->instances[i].has_queue = true;
}

/* For message_find_near(). */
static void
remember_instance(struct messages *all, const struct writer *writer)
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
allocate(struct messages *all)
{
	struct message *message = all->spare;

	if (message == NULL)
		return memory_new(1, sizeof(*message));
	all->spare = message->root;
	/* gcc 12 makes a slow loop of memset(). */
	explicit_bzero(message, sizeof(*message));
	return message;
}

struct message *
message_new(struct messages *all, struct bytes queue_id)
{
	struct message *message;

	if (all->table.count >= MESSAGES_LIMIT + RETIRED_LIMIT) {
		message_forget(all, TAILQ_FIRST(&all->living));
		all->dropped++;
	}
	remember_instance(all, all->ledger->entry->writer);
	message = allocate(all);
	message->hash = key_of(all, queue_id);
	message->seconds = all->ledger->now;
	put_into_table(all, message);
	TAILQ_INSERT_TAIL(list_of(all, message), message, link);
	return message;
}

static void
release(struct messages *all, struct message *message)
{
	struct message *root = message->root;

	if (message->children > 0)
		return;
	all->many_count -= message->many.count;
	table_free(&message->many);
	message->root = all->spare;
	all->spare = message;
	if (root != NULL && --root->children == 0 &&
	    (root->flags & MESSAGE_NO_TABLE))
		release(all, root);
}

void
message_forget(struct messages *all, struct message *message)
{
	struct slot *slot = table_find(&all->table, message->hash);

	if (message->flags & MESSAGE_REMOVED)
		all->removed_count--;
	TAILQ_REMOVE(list_of(all, message), message, link);
	table_remove(&all->table, slot);
	message->flags |= MESSAGE_NO_TABLE;
	release(all, message);
}

void
message_retire(struct messages *all, struct message *message)
{
	if (message->flags & MESSAGE_REMOVED)
		return;
	TAILQ_REMOVE(list_of(all, message), message, link);
	message->flags |= MESSAGE_REMOVED;
	TAILQ_INSERT_TAIL(list_of(all, message), message, link);
	if (++all->removed_count > RETIRED_LIMIT)
		message_forget(all, TAILQ_FIRST(&all->removed));
}

/*
 * From then on the message points to its root directly, which keeps chains
 * short. The one between may be freed by that: nobody else asks for it.
 */
struct message *
message_root(struct messages *all, struct message *message)
{
	struct message *between = message->root, *root = message;

	while (root->root != NULL)
		root = root->root;
	if (between == NULL || between == root)
		return root;
	message->root = root;
	root->children++;
	if (--between->children == 0 && (between->flags & MESSAGE_NO_TABLE))
		release(all, between);
	return root;
}
