/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a list is made of: list_read.c fills it, list_find.c looks things up in
 * it.
 */
#ifndef LIST_TABLE_H
#define LIST_TABLE_H

#include "list_entry.h"
#include "list_ranges.h"

struct list {
	enum list_kind kind;
	const char *file;
	struct list_entry *entries; /* by key */
	uint8_t *filter; /* a bit for each hash value of a key, modulo its size;
			    NULL: not made yet */
	unsigned filter_mask;
	struct list_entry *regexps;
	struct list_entry **last_regexp;
	pcre2_match_data *match; /* if there are regexps, as the next */
	pcre2_match_context *limits;
	struct list_ranges ranges;
};

/* NULL: out of memory. */
struct list *list_table_new(enum list_kind, const char *file);

struct list_entry *list_table_find(
    const struct list *, const char *key, size_t len);

/* Takes the entry over, whose key is not there yet. False: out of memory. */
bool list_table_add(struct list *, struct list_entry *);

void list_table_free_entry(struct list_entry *);

/*
 * When all entries are in: makes the filter, so that most keys that are not in
 * the table cost one look at memory, and the ranges. False: out of memory.
 */
bool list_table_finish(struct list *);

#endif
