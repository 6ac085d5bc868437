/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "list_name.h"
#include "list_table.h"

/* A regexp of an administrator may be bad, but may not hold up the mail. */
enum { REGEXP_MATCH_LIMIT = 200000 };

/* The addresses from this one to where the next range begins. */
struct list_range {
	struct address from;
	const struct list_entry *network; /* NULL: of no network */
};

enum { FILTER_BITS_AN_ENTRY = 8, FILTER_BITS_MAX = 1 << 30 };

struct list *
list_table_new(enum list_kind kind, const char *name)
{
	struct list *list = calloc(1, sizeof(*list));

	if (list == NULL)
		return NULL;
	list->kind = kind;
	list->file = list_name_hold(name);
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
	free(list->ranges);
	free(list->filter);
	pcre2_match_data_free(list->match);
	pcre2_match_context_free(list->limits);
	list_name_drop(list->file);
	free(list);
}

size_t
list_count(const struct list *list)
{
	return list == NULL ? 0 : list->count;
}

int64_t
list_newest(const struct list *list)
{
	return list == NULL ? 0 : list->newest;
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
list_table_add(struct list *list, struct list_entry *entry)
{
	bool is_regexp = entry->regexp != NULL;

	if (is_regexp && list->match == NULL)
		list->match = pcre2_match_data_create(1, NULL);
	if (is_regexp && list->limits == NULL) {
		list->limits = pcre2_match_context_create(NULL);
		if (list->limits != NULL)
			pcre2_set_match_limit(list->limits, REGEXP_MATCH_LIMIT);
	}
	if (is_regexp && (list->match == NULL || list->limits == NULL))
		return false;
	HASH_ADD_KEYPTR(hh, list->entries, entry->key, entry->len, entry);
	if (entry->hh.tbl == NULL)
		return false;
	if (is_regexp) {
		*list->last_regexp = entry;
		list->last_regexp = &entry->next_regexp;
	}
	return true;
}

/*
 * The ranges while they are laid out, with the networks that are open at the
 * place that has been reached, each inside the one before it.
 */
struct layout {
	struct list_range *ranges;
	size_t count;
	size_t depth;
	const struct list_entry *open[ADDRESS_BITS + 1];
};

/* The first address after the network. False: it ends with the last one. */
static bool
after(const struct list_entry *network, struct address *next)
{
	unsigned prefix = list_entry_prefix(network);
	unsigned octet = (prefix + 7) / 8, step = 1u << (octet * 8 - prefix);

	*next = list_entry_address(network);
	while (octet-- > 0) {
		step += next->octets[octet];
		next->octets[octet] = (uint8_t)step;
		if (step <= 0xff)
			return true;
		step = 1;
	}
	return false;
}

static int
compare(const struct address *a, const struct address *b)
{
	return memcmp(a->octets, b->octets, sizeof(a->octets));
}

/* Where addresses are equal the shorter prefix comes first. */
static int
by_address(const void *a, const void *b)
{
	const struct list_entry *const *one = a, *const *other = b;

	const struct address first = list_entry_address(*one);
	const struct address second = list_entry_address(*other);
	int order = compare(&first, &second);

	return order != 0 ?
	    order :
	    (int)list_entry_prefix(*one) - (int)list_entry_prefix(*other);
}

/* From this address on the network counts; NULL: none does. */
static void
begin(struct layout *layout, struct address from,
    const struct list_entry *network)
{
	if (layout->count > 0 &&
	    compare(&layout->ranges[layout->count - 1].from, &from) == 0)
		layout->count--;
	layout->ranges[layout->count++] = (struct list_range){ from, network };
}

/* Ends the networks that end before `until`; NULL: all. */
static void
end_networks(struct layout *layout, const struct address *until)
{
	struct address next;

	while (layout->depth > 0) {
		bool more = after(layout->open[layout->depth - 1], &next);

		if (until != NULL && (!more || compare(&next, until) > 0))
			return;
		layout->depth--;
		if (more)
			begin(layout, next,
			    layout->depth == 0 ?
				NULL :
				layout->open[layout->depth - 1]);
	}
}

/*
 * Lays the networks out flat: all addresses, cut into ranges that are sorted,
 * each with the smallest network that it is in. False: out of memory.
 */
static bool
make_ranges(struct list *list, size_t networks_count)
{
	const struct list_entry *entry = list->entries, **networks;
	struct layout layout = { 0 };
	size_t count = 0;

	networks = calloc(networks_count, sizeof(*networks));
	layout.ranges = calloc(2 * networks_count, sizeof(*layout.ranges));
	list->ranges = layout.ranges;
	if (networks == NULL || layout.ranges == NULL) {
		free(networks);
		return false;
	}
	for (; entry != NULL; entry = entry->hh.next) {
		if (entry->key[0] == LIST_ENTRY_NETWORK)
			networks[count++] = entry;
	}
	qsort(networks, count, sizeof(*networks), by_address);
	for (size_t i = 0; i < count; i++) {
		struct address first = list_entry_address(networks[i]);

		end_networks(&layout, &first);
		begin(&layout, first, networks[i]);
		layout.open[layout.depth++] = networks[i];
	}
	end_networks(&layout, NULL);
	free(networks);
	list->ranges_count = layout.count;
	return true;
}

bool
list_table_finish(struct list *list)
{
	const struct list_entry *entry;
	unsigned bits = 64, bit;
	size_t networks = 0;

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
		networks += entry->key[0] == LIST_ENTRY_NETWORK;
		if (entry->clients != NULL &&
		    !list_table_finish(entry->clients))
			return false;
	}
	return networks == 0 || make_ranges(list, networks);
}

const struct list_entry *
list_table_find_network(const struct list *list, const struct address *address)
{
	size_t low = 0, high = list->ranges_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&list->ranges[middle].from, address) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? NULL : list->ranges[low - 1].network;
}
