/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
#include "log-stats/tables/memory.h"
#include "message_table.h"

enum { MESSAGES_LIMIT = 25000, RETIRED_LIMIT = 4096, ID_BUCKETS = 1 << 13 };

struct slot {
	uint64_t hash;
	struct message *message;
};

void
messages_begin(struct messages *all)
{
	TAILQ_INIT(&all->living);
	TAILQ_INIT(&all->removed);
	all->by_id = memory_new(ID_BUCKETS, sizeof(*all->by_id));
}

struct message *
message_of_hash(const struct messages *all, uint64_t hash)
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
	return message_of_hash(all, key_of(all, queue_id));
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
			message = message_of_hash(all,
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
		struct message *message = message_of_hash(
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

static struct message_bucket *
bucket_of(const struct messages *all, uint64_t id)
{
	return &all->by_id[(id >> 16) % ID_BUCKETS];
}

void
message_set_id(struct messages *all, struct message *message, uint64_t id)
{
	message->flags |= MESSAGE_HAS_ID;
	message->id = id;
	if (id != 0)
		LIST_INSERT_HEAD(bucket_of(all, id), message, same_id);
}

struct message *
message_same_id(
    const struct messages *all, uint64_t id, const struct message *after)
{
	struct message *message = after == NULL ?
	    LIST_FIRST(bucket_of(all, id)) :
	    LIST_NEXT(after, same_id);

	while (message != NULL && message->id != id)
		message = LIST_NEXT(message, same_id);
	return message;
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
new_of_hash(struct messages *all, uint64_t hash)
{
	struct message *message;

	if (all->table.count >= MESSAGES_LIMIT + RETIRED_LIMIT) {
		message_forget(all, TAILQ_FIRST(&all->living));
		all->dropped++;
	}
	message = all->spare;
	if (message == NULL)
		message = memory_new(1, sizeof(*message));
	else {
		all->spare = message->root;
		/* gcc 12 makes a slow loop of memset(). */
		explicit_bzero(message, sizeof(*message));
	}
	message->hash = hash;
	message->seconds = all->ledger->now;
	put_into_table(all, message);
	TAILQ_INSERT_TAIL(&all->living, message, link);
	return message;
}

struct message *
message_new(struct messages *all, struct bytes queue_id)
{
	remember_instance(all, all->ledger->entry->writer);
	return new_of_hash(all, key_of(all, queue_id));
}

struct message *
message_new_near(
    struct messages *all, struct bytes known_id, struct bytes queue_id)
{
	for (size_t i = 0; i < all->instance_count; i++)
		if (all->instances[i].host ==
			all->ledger->entry->writer->host_hash &&
		    message_of_hash(
			all, hash_text(known_id, all->instances[i].instance)))
			return new_of_hash(all,
			    hash_text(queue_id, all->instances[i].instance));
	return NULL;
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
	if (message->flags & MESSAGE_REMOVED) {
		all->removed_count--;
		TAILQ_REMOVE(&all->removed, message, link);
	} else
		TAILQ_REMOVE(&all->living, message, link);
	table_remove(&all->table, table_find(&all->table, message->hash));
	if (message->id != 0)
		LIST_REMOVE(message, same_id);
	message->flags |= MESSAGE_NO_TABLE;
	release(all, message);
}

void
message_retire(struct messages *all, struct message *message)
{
	TAILQ_REMOVE(&all->living, message, link);
	message->flags |= MESSAGE_REMOVED;
	TAILQ_INSERT_TAIL(&all->removed, message, link);
	if (++all->removed_count > RETIRED_LIMIT)
		message_forget(all, TAILQ_FIRST(&all->removed));
}

/* From then on the message points to its root directly, which keeps chains
 * short. That may free the one between, which nobody else asks for. */
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

void
message_detach(struct messages *all, struct message *message)
{
	struct message *root = message->root;

	message->root = NULL;
	if (--root->children == 0 && (root->flags & MESSAGE_NO_TABLE))
		release(all, root);
}
