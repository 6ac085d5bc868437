/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "list_table.h"

/* A regexp of an administrator may be bad, but may not hold up the mail. */
enum { REGEXP_MATCH_LIMIT = 200000 };

enum { FILTER_BITS_AN_ENTRY = 8, FILTER_BITS_MAX = 1 << 30 };

struct list *
list_table_new(enum list_kind kind, const char *file)
{
	struct list *list = calloc(1, sizeof(*list));

	if (list == NULL)
		return NULL;
	list->kind = kind;
	list->file = file;
	list->last_regexp = &list->regexps;
	return list;
}

void
list_table_free_entry(struct list_entry *entry)
{
	pcre2_code_free(entry->regexp);
	list_free(entry->clients);
	free(entry);
}

void
list_free(struct list *list)
{
	struct list_entry *entry, *next;

	if (list == NULL)
		return;
	HASH_ITER(hh, list->entries, entry, next)
	{
		HASH_DEL(list->entries, entry);
		list_table_free_entry(entry);
	}
	free(list->ranges.range);
	free(list->filter);
	pcre2_match_data_free(list->match);
	pcre2_match_context_free(list->limits);
	free(list);
}

struct list_entry *
list_table_find(const struct list *list, const char *key, size_t len)
{
	struct list_entry *entry;
	unsigned hash, bit;

	HASH_VALUE(key, (unsigned)len, hash);
	bit = hash & list->filter_mask;
	if (list->filter != NULL &&
	    (list->filter[bit / 8] & 1u << bit % 8) == 0)
		return NULL;
	HASH_FIND_BYHASHVALUE(
	    hh, list->entries, key, (unsigned)len, hash, entry);
	return entry;
}

bool
list_table_finish(struct list *list)
{
	const struct list_entry *entry;
	unsigned bits = 64, bit;

	while (bits < FILTER_BITS_MAX &&
	    bits / FILTER_BITS_AN_ENTRY < HASH_COUNT(list->entries))
		bits *= 2;
	list->filter = calloc(bits / 8, 1);
	if (list->filter == NULL)
		return false;
	list->filter_mask = bits - 1;
	for (entry = list->entries; entry != NULL; entry = entry->hh.next) {
		bit = entry->hh.hashv & list->filter_mask;
		list->filter[bit / 8] |= (uint8_t)(1u << bit % 8);
	}
	return list_ranges_make(&list->ranges, list->entries);
}

static bool
prepare_matching(struct list *list)
{
	if (list->match == NULL)
		list->match = pcre2_match_data_create(1, NULL);
	if (list->limits == NULL) {
		list->limits = pcre2_match_context_create(NULL);
		if (list->limits != NULL)
			pcre2_set_match_limit(list->limits, REGEXP_MATCH_LIMIT);
	}
	return list->match != NULL && list->limits != NULL;
}

bool
list_table_add(struct list *list, struct list_entry *entry)
{
	if (entry->regexp != NULL && !prepare_matching(list))
		return false;
	HASH_ADD_KEYPTR(hh, list->entries, entry->key, entry->len, entry);
	if (entry->hh.tbl == NULL)
		return false;
	if (entry->regexp != NULL) {
		*list->last_regexp = entry;
		list->last_regexp = &entry->next_regexp;
	}
	return true;
}
