/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of entries under hashes of 64 bits (hash.h), which stand for their
 * keys. An entry is a structure of words of 64 bits that begins with its hash;
 * 0 is an empty place. Entries move when others come or go: keep hashes, not
 * pointers.
 */
#ifndef HASHES_H
#define HASHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hashes {
	char *entries;
	size_t entry_size; /* of all; the same in each hashes_add() */
	size_t places;	   /* a power of two, or 0 */
	size_t count;
};

/* NULL: it is not there. */
void *hashes_find(const struct hashes *, uint64_t hash);
/* Finds it, or makes one that is 0 but for its hash. */
void *hashes_add(
    struct hashes *, size_t entry_size, uint64_t hash, bool *is_new);
/* Where the search for it begins; its lowest bit says little, see hash.h. */
static inline size_t
hashes_home(const struct hashes *table, uint64_t hash)
{
	return (hash >> 16) & (table->places - 1);
}
/* It will be asked for soon: several that are fetched at once cost one wait. */
static inline void
hashes_prefetch(const struct hashes *table, uint64_t hash)
{
	if (table->places > 0)
		__builtin_prefetch(table->entries +
		    hashes_home(table, hash) * table->entry_size);
}
/* So many will come: room for them is made at once. */
void hashes_expect(struct hashes *, size_t entry_size, size_t count);
/* The entry, which is one of the table's, goes. */
void hashes_remove(struct hashes *, void *entry);
/* All entries for which keep() is false go. */
void hashes_filter(
    struct hashes *, bool (*keep)(const void *entry, void *), void *argument);
/* In no order: *at begins as 0; NULL is the end. */
void *hashes_next(const struct hashes *, size_t *at);
void hashes_free(struct hashes *);

#endif
