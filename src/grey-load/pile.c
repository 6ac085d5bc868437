/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "pile.h"

enum { ROOM = 48 * 1024 * 1024, COUNT_MAX = 512 * 1024 };

_Static_assert(ROOM > 2 * sizeof(struct item), "an empty pile takes any item");

/* In the room, before the bytes of its key and its value. */
struct entry {
	uint32_t key_len;
	uint32_t value_len;
	bool verbatim;
};

struct pile {
	size_t used;
	size_t count;
	size_t taken;
	bool ordered; /* as it is */
	const struct entry *entries[COUNT_MAX];
	_Alignas(struct entry) char room[ROOM];
};

/* What is not used of it is never touched. */
struct pile *
pile_new(void)
{
	struct pile *pile = malloc(sizeof(*pile));

	if (pile == NULL)
		return NULL;
	pile->used = pile->count = pile->taken = 0;
	pile->ordered = true;
	return pile;
}

void
pile_free(struct pile *pile)
{
	free(pile);
}

static struct bytes
key_of(const struct entry *entry)
{
	return (struct bytes){ (const char *)(entry + 1), entry->key_len };
}

bool
pile_add(struct pile *pile, const struct item *item)
{
	size_t size = sizeof(struct entry) + item->key_len + item->value_len;
	struct entry *entry = (void *)(pile->room + pile->used);
	char *bytes = (char *)(entry + 1);

	size = (size + _Alignof(struct entry) - 1) / _Alignof(struct entry) *
	    _Alignof(struct entry);
	if (pile->count == COUNT_MAX || size > ROOM - pile->used)
		return false;
	entry->key_len = (uint32_t)item->key_len;
	entry->value_len = (uint32_t)item->value_len;
	entry->verbatim = item->verbatim;
	memcpy(bytes, item->key, item->key_len);
	memcpy(bytes + item->key_len, item->value, item->value_len);
	if (pile->count > 0 &&
	    bytes_compare(
		key_of(pile->entries[pile->count - 1]), item_key(item)) > 0)
		pile->ordered = false;
	pile->entries[pile->count++] = entry;
	pile->used += size;
	return true;
}

/* Those that were added first have the lower addresses. */
static int
by_key(const void *a, const void *b)
{
	const struct entry *const *one = a, *const *other = b;
	int order = bytes_compare(key_of(*one), key_of(*other));

	return order != 0 ? order : (*one > *other) - (*one < *other);
}

bool
pile_take(struct pile *pile, struct item *item)
{
	const struct entry *entry;

	if (!pile->ordered)
		qsort(pile->entries, pile->count, sizeof(pile->entries[0]),
		    by_key);
	pile->ordered = true;
	if (pile->taken == pile->count) {
		pile->used = pile->count = pile->taken = 0;
		return false;
	}
	entry = pile->entries[pile->taken++];
	item->verbatim = entry->verbatim;
	item->key_len = entry->key_len;
	item->value_len = entry->value_len;
	memcpy(item->key, entry + 1, entry->key_len);
	memcpy(
	    item->value, key_of(entry).data + entry->key_len, entry->value_len);
	return true;
}
