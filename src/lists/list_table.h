/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entries of a list, for looking up: list_read.c fills it, list_find.c
 * asks. Keys are found by their hashes; the network of an address by one binary
 * search, however many networks and lengths of prefixes there are.
 */
#ifndef LIST_TABLE_H
#define LIST_TABLE_H

#include "list_entry.h"

struct list {
	enum list_kind kind;
	const char *file; /* held */
	size_t count;	  /* lines that are entries, and not repeated */
	int64_t newest;	  /* of the dates in comments, epoch seconds; 0: none */
	struct list_entry *entries; /* by key */
	uint8_t *filter; /* a bit for each hash value of a key, modulo its size;
			    NULL: not made yet */
	unsigned filter_mask;
	struct list_entry *regexps;
	struct list_entry **last_regexp;
	pcre2_match_data *match; /* if there are regexps, as the next */
	pcre2_match_context *limits;
	struct list_range *ranges; /* sorted by their first addresses */
	size_t ranges_count;
};

/* It holds the name (list_name.h). NULL: out of memory. */
struct list *list_table_new(enum list_kind, const char *name);

struct list_entry *list_table_find(
    const struct list *, const char *key, size_t len);
/* The smallest network that the address is in, or NULL. */
const struct list_entry *list_table_find_network(
    const struct list *, const struct address *);

/* Takes the entry over, whose key is not there yet. False: out of memory. */
bool list_table_add(struct list *, struct list_entry *);

void list_table_free_entry(struct list_entry *);

/*
 * When all entries are in: makes the filter, so that most keys that are not in
 * the table cost one look at memory, and the ranges, of this list and of the
 * clients of its entries. False: out of memory.
 */
bool list_table_finish(struct list *);

#endif
