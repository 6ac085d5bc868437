/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "log-stats/tables/memory.h"
#include "log-stats/tables/table.h"
#include "repeats.h"

enum {
	HOSTS = 64,
	TEXT_MAX = 2200 /* Postfix cuts its texts at 2000 bytes */
};

struct last {
	uint64_t host_hash;
	const struct writer *writer; /* NULL: not known */
	uint64_t pid;
	struct bytes text;
	char copy[TEXT_MAX];
};

/* Where a host's last entry is. */
struct place {
	uint64_t hash; /* of the host */
	uint64_t number;
};

struct repeats {
	struct table places;
	struct last last[HOSTS];
	size_t next;		  /* the place that a further host gets */
	struct last *near[HOSTS]; /* by hash: mostly right, and then quick */
	struct last *latest;	  /* of all hosts; NULL: none yet */
};

/* Stands for a writer that is not kept. */
static const struct writer not_kept;

struct repeats *
repeats_new(void)
{
	struct repeats *repeats = memory_new(1, sizeof(*repeats));

	for (size_t i = 0; i < HOSTS; i++)
		repeats->near[i] = repeats->last;
	return repeats;
}

void
repeats_free(struct repeats *repeats)
{
	table_free(&repeats->places);
	free(repeats);
}

/* NULL: the host has no place. */
static struct last *
find(const struct repeats *repeats, uint64_t host_hash)
{
	const struct place *place = table_find(&repeats->places, host_hash);

	return place == NULL ? NULL :
			       (struct last *)&repeats->last[place->number];
}

/* The host that has had a place for the longest time loses it. */
static struct last *
give_place(struct repeats *repeats, uint64_t host_hash)
{
	size_t number = repeats->next++ % HOSTS;
	struct last *last = &repeats->last[number];
	struct place *place;
	bool is_new;

	if (repeats->places.count == HOSTS)
		table_remove(&repeats->places,
		    table_find(&repeats->places, last->host_hash));
	place = table_add(&repeats->places, sizeof(*place), host_hash, &is_new);
	place->number = number;
	last->host_hash = host_hash;
	return last;
}

void
repeats_remember(struct repeats *repeats, const struct entry *entry)
{
	uint64_t host_hash = entry->writer->host_hash;
	struct last **near = &repeats->near[host_hash % HOSTS];
	struct last *last = *near;

	if (last->host_hash != host_hash) {
		last = find(repeats, host_hash);
		if (last == NULL)
			last = give_place(repeats, host_hash);
		*near = last;
	}
	repeats->latest = last;
	last->writer = entry->writer->is_kept ? entry->writer : &not_kept;
	last->pid = entry->pid;
	last->text = entry->text;
	if (last->text.len > TEXT_MAX)
		last->text.len = TEXT_MAX;
}

void
repeats_keep(struct repeats *repeats)
{
	for (size_t i = 0; i < repeats->places.count; i++) {
		struct last *last = &repeats->last[i];

		if (last->text.data == last->copy)
			continue;
		if (last->text.len > 0)
			memcpy(last->copy, last->text.data, last->text.len);
		last->text.data = last->copy;
	}
}

void
repeats_forget(struct repeats *repeats, const struct writer *writer)
{
	struct last *last = find(repeats, writer->host_hash);

	if (last != NULL)
		last->writer = NULL;
}

enum repeats_result
repeats_find(const struct repeats *repeats, const struct writer *writer,
    struct entry *entry)
{
	const struct last *last = find(repeats, writer->host_hash);

	if (last == NULL && bytes_equal(writer->host, bytes_of("-")))
		last = repeats->latest;
	if (last == NULL)
		return repeats->places.count < HOSTS ? REPEATS_NONE :
						       REPEATS_LOST;
	if (last->writer == NULL || last->writer == &not_kept)
		return last->writer == NULL ? REPEATS_NONE : REPEATS_LOST;
	entry->writer = last->writer;
	entry->pid = last->pid;
	entry->text = last->text;
	return REPEATS_FOUND;
}
