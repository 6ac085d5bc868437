/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "log-stats/tables/hash.h"
#include "log-stats/tables/memory.h"
#include "mail.h"

enum {
	MAILS_LIMIT = 25000,
	REMOVED_LIMIT = 4096,
	SIZE_LIMIT = 12 << 20,
	MANY_LIMIT = 100000 /* recipients of all mails that have many */
};

struct slot {
	uint64_t hash;
	struct mail *mail;
};

void
mails_begin(struct mails *all)
{
	TAILQ_INIT(&all->living);
	TAILQ_INIT(&all->removed);
	TAILQ_INIT(&all->open);
}

static uint64_t
key_of(const struct mails *all, struct bytes queue_id)
{
	return hash_text(queue_id, all->entry->writer->instance_hash);
}

static uint64_t
process_key(const struct mails *all)
{
	return hash_pair(all->entry->pid, all->entry->writer->instance_hash);
}

static struct mail *
find_hash(const struct mails *all, uint64_t hash)
{
	const struct slot *slot = table_find(&all->table, hash);

	return slot == NULL ? NULL : slot->mail;
}

static void
put_into_table(struct mails *all, struct mail *mail)
{
	struct slot *slot;
	bool is_new;

	slot = table_add(&all->table, sizeof(*slot), mail->hash, &is_new);
	slot->mail = mail;
}

/* An smtpd may log under another name than the queue manager. */
struct mail *
mail_find(struct mails *all, struct bytes queue_id)
{
	struct mail *mail;

	if (queue_id.len == 0)
		return NULL;
	mail = find_hash(all, key_of(all, queue_id));
	for (size_t i = 0; mail == NULL && i < all->instance_count; i++)
		if (all->instances[i].host == all->entry->writer->host_hash)
			mail = find_hash(all,
			    hash_text(queue_id, all->instances[i].instance));
	return mail;
}

struct mail *
mail_adopt(struct mails *all, struct bytes queue_id)
{
	for (size_t i = 0; i < all->instance_count; i++) {
		struct mail *mail = find_hash(
		    all, hash_text(queue_id, all->instances[i].instance));

		if (mail == NULL || !(mail->flags & MAIL_FROM_CLIENT) ||
		    (mail->flags & (MAIL_HAS_ID | MAIL_ACTIVE | MAIL_REMOVED)))
			continue;
		table_remove(&all->table, table_find(&all->table, mail->hash));
		mail->hash = key_of(all, queue_id);
		put_into_table(all, mail);
		return mail;
	}
	return NULL;
}

struct mail *
mail_find_session(struct mails *all)
{
	return find_hash(all, process_key(all));
}

static void
remember_instance(struct mails *all)
{
	const struct writer *writer = all->entry->writer;

	for (size_t i = 0; i < all->instance_count; i++)
		if (all->instances[i].instance == writer->instance_hash)
			return;
	if (all->instance_count == MAIL_INSTANCES)
		return;
	all->instances[all->instance_count].host = writer->host_hash;
	all->instances[all->instance_count++].instance = writer->instance_hash;
}

static size_t
size_of(const struct mail *mail)
{
	return sizeof(*mail) + mail->client_name.len +
	    mail->client_address.len + mail->queue_id.len + mail->sender.len +
	    mail->many.places * sizeof(uint64_t);
}

/* It has ended, or is forgotten: are its recipients known? */
static void
count_missing(struct mails *all, struct mail *mail, uint64_t *unfinished)
{
	if (!(mail->flags & MAIL_FROM_CLIENT) || mail->queue_id.len == 0 ||
	    (mail->flags & MAIL_IS_COUNTED))
		return;
	mail->flags |= MAIL_IS_COUNTED;
	if (mail->flags & MAIL_ACTIVE)
		*unfinished += !(mail->flags & MAIL_IS_ASKED) ||
		    mail->seen < mail->expected;
	else if (!(mail->flags & MAIL_IS_ASKED))
		all->never_queued++;
}

static void
forget(struct mails *all, struct mail *mail, uint64_t *unfinished)
{
	count_missing(all, mail, unfinished);
	mail_close(all, mail);
	if (mail->flags & MAIL_REMOVED) {
		all->removed_count--;
		TAILQ_REMOVE(&all->removed, mail, link);
	} else
		TAILQ_REMOVE(&all->living, mail, link);
	table_remove(&all->table, table_find(&all->table, mail->hash));
	all->size -= size_of(mail);
	all->many_count -= mail->many.count;
	table_free(&mail->many);
	free(mail->origin);
	free(mail->envelope);
	free(mail);
}

void
mail_forget(struct mails *all, struct mail *mail)
{
	forget(all, mail, &all->unfinished);
}

static void
make_room(struct mails *all)
{
	while (all->table.count >= MAILS_LIMIT + REMOVED_LIMIT ||
	    (all->size >= SIZE_LIMIT && all->table.count > 0)) {
		struct mail *oldest = TAILQ_FIRST(&all->removed);

		if (oldest == NULL)
			oldest = TAILQ_FIRST(&all->living);
		forget(all, oldest, &all->dropped);
	}
}

static struct mail *
begin(struct mails *all, uint64_t hash)
{
	struct mail *mail = find_hash(all, hash);

	if (mail != NULL)
		forget(all, mail, &all->unfinished);
	make_room(all);
	mail = memory_new(1, sizeof(*mail));
	mail->hash = hash;
	mail->time = all->entry->time;
	put_into_table(all, mail);
	TAILQ_INSERT_TAIL(&all->living, mail, link);
	all->size += size_of(mail);
	return mail;
}

struct mail *
mail_begin(struct mails *all, struct bytes queue_id)
{
	remember_instance(all);
	return begin(all, key_of(all, queue_id));
}

struct mail *
mail_begin_session(struct mails *all)
{
	return begin(all, process_key(all));
}

static struct bytes
copy(char **at, struct bytes text)
{
	const struct bytes copied = { *at, text.len };

	if (text.len > 0)
		memcpy(*at, text.data, text.len);
	*at += text.len;
	return copied;
}

void
mail_set_client(struct mails *all, struct mail *mail, struct bytes client_name,
    struct bytes client_address, struct bytes queue_id)
{
	char *origin = memory_new(
	    client_name.len + client_address.len + queue_id.len, 1);
	char *at = origin;

	all->size -= size_of(mail);
	mail->client_name = copy(&at, client_name);
	mail->client_address = copy(&at, client_address);
	mail->queue_id = copy(&at, queue_id);
	free(mail->origin);
	mail->origin = origin;
	all->size += size_of(mail);
	mail->flags |= MAIL_FROM_CLIENT;
	if (queue_id.len == 0 || (mail->flags & (MAIL_REMOVED | MAIL_OPEN)))
		return;
	mail->flags |= MAIL_OPEN;
	TAILQ_INSERT_TAIL(&all->open, mail, open_link);
}

void
mail_set_sender(struct mails *all, struct mail *mail, struct bytes sender)
{
	char *at;

	all->size -= size_of(mail);
	free(mail->envelope);
	mail->envelope = at = memory_new(sender.len, 1);
	mail->sender = copy(&at, sender);
	all->size += size_of(mail);
}

static bool
add_to_many(struct mails *all, struct mail *mail, uint64_t hash)
{
	bool is_new;

	all->size -= size_of(mail);
	table_add(&mail->many, sizeof(hash), hash, &is_new);
	all->many_count += is_new;
	all->size += size_of(mail);
	return is_new;
}

bool
mail_add_recipient(struct mails *all, struct mail *mail, uint64_t hash)
{
	if (mail->many.count > 0 && all->many_count < MANY_LIMIT)
		return add_to_many(all, mail, hash);
	if (mail->many.count > 0)
		return table_find(&mail->many, hash) == NULL;
	for (int i = 0; i < MAIL_FEW; i++)
		if (mail->few[i] == hash || mail->few[i] == 0) {
			const bool is_new = mail->few[i] == 0;

			mail->few[i] = hash;
			return is_new;
		}
	if (all->many_count >= MANY_LIMIT)
		return true;
	for (int i = 0; i < MAIL_FEW; i++)
		add_to_many(all, mail, mail->few[i]);
	return add_to_many(all, mail, hash);
}

void
mail_close(struct mails *all, struct mail *mail)
{
	if (mail->flags & MAIL_OPEN)
		TAILQ_REMOVE(&all->open, mail, open_link);
	mail->flags &= ~(unsigned)MAIL_OPEN;
}

void
mail_retire(struct mails *all, struct mail *mail)
{
	if (mail->flags & MAIL_REMOVED)
		return;
	count_missing(all, mail, &all->unfinished);
	mail_close(all, mail);
	mail->flags |= MAIL_REMOVED;
	TAILQ_REMOVE(&all->living, mail, link);
	TAILQ_INSERT_TAIL(&all->removed, mail, link);
	if (++all->removed_count > REMOVED_LIMIT)
		mail_forget(all, TAILQ_FIRST(&all->removed));
}

void
mails_end(struct mails *all)
{
	while (all->table.count > 0) {
		struct mail *oldest = TAILQ_FIRST(&all->living);

		if (oldest == NULL)
			oldest = TAILQ_FIRST(&all->removed);
		mail_forget(all, oldest);
	}
	table_free(&all->table);
}
