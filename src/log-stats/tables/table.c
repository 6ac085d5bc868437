/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "table.h"
#include "memory.h"

enum { PLACES_MIN = 16, PLACES_FEW = 1 << 14 };

static char *
entry_at(const struct table *table, size_t place)
{
	return table->entries + place * table->entry_size;
}

/* Entries are of few words: calls of memcpy(3) and memset(3) cost more. */
static void
copy_entry(char *to, const char *from, size_t size)
{
	for (size_t at = 0; at < size; at += sizeof(uint64_t))
		memcpy(to + at, from + at, sizeof(uint64_t));
}

static void
clear_entry(char *entry, size_t size)
{
	const uint64_t zero = 0;

	for (size_t at = 0; at < size; at += sizeof(zero))
		memcpy(entry + at, &zero, sizeof(zero));
}

static uint64_t
hash_at(const struct table *table, size_t place)
{
	uint64_t hash;

	memcpy(&hash, entry_at(table, place), sizeof(hash));
	return hash;
}

/* The place where a hash is, or would be. */
static size_t
place_of(const struct table *table, uint64_t hash)
{
	size_t place = table_home(table, hash), at;

	while ((at = hash_at(table, place)) != 0 && at != hash)
		place = (place + 1) & (table->places - 1);
	return place;
}

static void
resize(struct table *table, size_t places)
{
	struct table old = *table;

	table->entries = memory_new(places, table->entry_size);
	table->places = places;
	for (size_t i = 0; i < old.places; i++) {
		uint64_t hash = hash_at(&old, i);

		if (hash != 0)
			copy_entry(entry_at(table, place_of(table, hash)),
			    entry_at(&old, i), table->entry_size);
	}
	free(old.entries);
}

static inline void *
find(const struct table *table, uint64_t hash)
{
	size_t place;
	uint64_t at;

	if (table->count == 0)
		return NULL;
	for (place = table_home(table, hash);
	     (at = hash_at(table, place)) != hash;
	     place = (place + 1) & (table->places - 1))
		if (at == 0)
			return NULL;
	return entry_at(table, place);
}

void *
table_find(const struct table *table, uint64_t hash)
{
	return find(table, hash);
}

/* A small table is kept sparse: nearly every entry is then found at the first
 * place that is looked at. */
static bool
is_full(const struct table *table)
{
	return table->count * 4 >=
	    table->places * (table->places > PLACES_FEW ? 3 : 2);
}

/* Out of line: most of what is added is there. */
static __attribute__((noinline)) void *
insert(struct table *table, size_t entry_size, uint64_t hash)
{
	char *entry;

	table->entry_size = entry_size;
	if (is_full(table))
		resize(
		    table, table->places == 0 ? PLACES_MIN : table->places * 2);
	entry = entry_at(table, place_of(table, hash));
	memcpy(entry, &hash, sizeof(hash));
	table->count++;
	return entry;
}

void *
table_add(struct table *table, size_t entry_size, uint64_t hash, bool *is_new)
{
	void *entry = find(table, hash);

	*is_new = entry == NULL;
	return entry != NULL ? entry : insert(table, entry_size, hash);
}

void
table_expect(struct table *table, size_t entry_size, size_t count)
{
	size_t places = PLACES_MIN;

	while (places * 3 < count * 4)
		places *= 2;
	table->entry_size = entry_size;
	if (places > table->places)
		resize(table, places);
}

/* An entry after the gap moves into it if it would not be found any more. */
void
table_remove(struct table *table, void *entry)
{
	size_t mask = table->places - 1;
	size_t gap = (size_t)((char *)entry - table->entries) /
	    table->entry_size;
	uint64_t hash;

	for (size_t i = (gap + 1) & mask; (hash = hash_at(table, i)) != 0;
	     i = (i + 1) & mask) {
		size_t home = table_home(table, hash);

		if (((i - home) & mask) < ((i - gap) & mask))
			continue;
		copy_entry(entry_at(table, gap), entry_at(table, i),
		    table->entry_size);
		gap = i;
	}
	clear_entry(entry_at(table, gap), table->entry_size);
	table->count--;
}

/* A removal moves entries only to places that have been looked at, or will be.
 */
void
table_filter(
    struct table *table, bool (*keep)(const void *, void *), void *argument)
{
	for (size_t i = 0; i < table->places; i++)
		while (hash_at(table, i) != 0 &&
		    !keep(entry_at(table, i), argument))
			table_remove(table, entry_at(table, i));
}

void *
table_next(const struct table *table, size_t *at)
{
	for (; *at < table->places; ++*at)
		if (hash_at(table, *at) != 0)
			return entry_at(table, (*at)++);
	return NULL;
}

void
table_free(struct table *table)
{
	free(table->entries);
	table->entries = NULL;
	table->places = table->count = 0;
}
