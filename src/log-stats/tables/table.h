/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hash table with open addressing. Its keys are hashes of 64 bits (hash.h),
 * which stand for what they were made of. An entry is a structure of words of
 * 64 bits that begins with its hash; 0 is an empty place. Entries move when
 * others come or go: keep hashes, not pointers.
 *
 * This folder is what log-stats remembers by, within bounds; it knows of no
 * log. From the bottom up:
 *   memory        memory, or the end of the program
 *   hash          texts and numbers to hashes
 *   table         hashes to entries; all below are made of it
 *   counts        how often which text was seen, for the most frequent ones
 *   percentiles   how often which number was seen
 *   buckets       what happened in each hour or day, or at each host
 *   network       an address to its network; clients: where each client was
 *                 seen, and how often it and its network were turned away
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

/* NULL: there is no such entry. */
void *table_find(const struct table *, uint64_t hash);
/* Finds the entry, or makes one that is 0 but for its hash. */
void *table_add(struct table *, size_t entry_size, uint64_t hash, bool *is_new);
/* The place at which the search for a hash begins. */
static inline size_t
table_home(const struct table *table, uint64_t hash)
{
	return (hash >> 16) & (table->places - 1);
}
/* The hash will be asked for soon: fetching several at once costs one wait. */
static inline void
table_prefetch(const struct table *table, uint64_t hash)
{
	if (table->places > 0)
		__builtin_prefetch(table->entries +
		    table_home(table, hash) * table->entry_size);
}
/* Makes room for this many at once. */
void table_expect(struct table *, size_t entry_size, size_t count);
/* Removes an entry that a call above has returned. */
void table_remove(struct table *, void *entry);
/* Removes all entries for which keep() is false. */
void table_filter(
    struct table *, bool (*keep)(const void *entry, void *), void *argument);
/* One entry after the other, in no order: *at begins as 0; NULL is the end. */
void *table_next(const struct table *, size_t *at);
void table_free(struct table *);

#endif
