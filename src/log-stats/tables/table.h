/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of entries under hashes of 64 bits (hash.h), which stand for their
 * keys. An entry is a structure of words of 64 bits that begins with its hash;
 * 0 is an empty place. Entries move when others come or go: keep hashes, not
 * pointers.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table {
	char *entries;
	size_t entry_size; /* of all; the same in each table_add() */
	size_t places;	   /* a power of two, or 0 */
	size_t count;
};

/* NULL: it is not there. */
void *table_find(const struct table *, uint64_t hash);
/* Finds it, or makes one that is 0 but for its hash. */
void *table_add(struct table *, size_t entry_size, uint64_t hash, bool *is_new);
/* Where the search for it begins; its lowest bit says little, see hash.h. */
static inline size_t
table_home(const struct table *table, uint64_t hash)
{
	return (hash >> 16) & (table->places - 1);
}
/* It will be asked for soon: several that are fetched at once cost one wait. */
static inline void
table_prefetch(const struct table *table, uint64_t hash)
{
	if (table->places > 0)
		__builtin_prefetch(table->entries +
		    table_home(table, hash) * table->entry_size);
}
/* So many will come: room for them is made at once. */
void table_expect(struct table *, size_t entry_size, size_t count);
/* The entry, which is one of the table's, goes. */
void table_remove(struct table *, void *entry);
/* All entries for which keep() is false go. */
void table_filter(
    struct table *, bool (*keep)(const void *entry, void *), void *argument);
/* In no order: *at begins as 0; NULL is the end. */
void *table_next(const struct table *, size_t *at);
void table_free(struct table *);

#endif
