/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "log-stats/event/scan.h"
#include "log-stats/tables/memory.h"
#include "repeats.h"

enum {
	HOSTS = 64,
	TEXT_MAX = 2200 /* Postfix cuts its texts at 2000 bytes */
};

struct last {
	const struct writer *writer; /* NULL: not known */
	uint64_t pid;
	struct bytes text;
	char copy[TEXT_MAX + SCAN_ROOM];
};

struct repeats {
	struct last last[HOSTS]; /* by the hash of the host */
};

/* Of a host that there was no place for. */
static const struct writer not_kept;

struct repeats *
repeats_new(void)
{
	return memory_new(1, sizeof(struct repeats));
}

void
repeats_free(struct repeats *repeats)
{
	free(repeats);
}

void
repeats_remember(struct repeats *repeats, const struct entry *entry)
{
	struct last *last = &repeats->last[entry->writer->host_hash % HOSTS];

	last->writer = entry->writer->is_kept ? entry->writer : &not_kept;
	last->pid = entry->pid;
	last->text = entry->text;
	if (last->text.len > TEXT_MAX)
		last->text.len = TEXT_MAX;
}

static void
keep(struct last *last)
{
	if (last->text.data == last->copy)
		return;
	if (last->text.len > 0)
		memcpy(last->copy, last->text.data, last->text.len);
	last->text.data = last->copy;
}

void
repeats_keep(struct repeats *repeats)
{
	for (int i = 0; i < HOSTS; i++)
		keep(&repeats->last[i]);
}

static bool
is_of(const struct last *last, const struct writer *writer)
{
	return last->writer != NULL &&
	    last->writer->host_hash == writer->host_hash;
}

void
repeats_forget(struct repeats *repeats, const struct writer *writer)
{
	struct last *last = &repeats->last[writer->host_hash % HOSTS];

	if (is_of(last, writer))
		last->writer = NULL;
}

enum repeats_result
repeats_find(const struct repeats *repeats, const struct writer *writer,
    struct entry *entry)
{
	const struct last *last = &repeats->last[writer->host_hash % HOSTS];

	if (!is_of(last, writer))
		return last->writer == NULL ? REPEATS_NONE : REPEATS_LOST;
	entry->writer = last->writer;
	entry->pid = last->pid;
	entry->text = last->text;
	return REPEATS_FOUND;
}
