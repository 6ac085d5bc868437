/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The networks of a list, laid out flat: all addresses, cut into ranges that
 * are sorted, each with the smallest network that it is in. One binary search
 * finds it, however many networks and lengths of prefixes there are.
 */
#include <stdlib.h>

#include "list_table.h"

/* The ranges while they are made, and the networks that are open at one. */
struct layout {
	struct list_range *ranges;
	size_t count;
	size_t depth;
	const struct entry *open[ADDRESS_BITS + 1];
};

/* False: nothing is behind it. */
static bool
behind(const struct entry *entry, struct address *next)
{
	unsigned prefix = list_table_prefix(entry);
	unsigned octet = (prefix + 7) / 8, step = 1u << (octet * 8 - prefix);

	*next = list_table_address(entry);
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
	const struct entry *const *one = a, *const *other = b;

	const struct address first = list_table_address(*one);
	const struct address second = list_table_address(*other);
	int order = compare(&first, &second);

	return order != 0 ?
	    order :
	    (int)list_table_prefix(*one) - (int)list_table_prefix(*other);
}

/* From this address on it is `entry`; NULL: none. */
static void
begin(struct layout *layout, struct address from, const struct entry *entry)
{
	if (layout->count > 0 &&
	    compare(&layout->ranges[layout->count - 1].from, &from) == 0)
		layout->count--;
	layout->ranges[layout->count++] = (struct list_range){ from, entry };
}

/* Ends the networks that end before `until`; NULL: all. */
static void
end_networks(struct layout *layout, const struct address *until)
{
	struct address next;

	while (layout->depth > 0) {
		bool more = behind(layout->open[layout->depth - 1], &next);

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

static void
lay_out(struct layout *layout, const struct entry **networks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct address first = list_table_address(networks[i]);

		end_networks(layout, &first);
		begin(layout, first, networks[i]);
		layout->open[layout->depth++] = networks[i];
	}
	end_networks(layout, NULL);
}

static size_t
collect(const struct list *list, const struct entry **networks)
{
	const struct entry *entry;
	size_t count = 0;

	for (entry = list->entries; entry != NULL; entry = entry->hh.next) {
		if (entry->key[0] != ENTRY_NETWORK)
			continue;
		if (networks != NULL)
			networks[count] = entry;
		count++;
	}
	return count;
}

bool
list_ranges_make(struct list *list)
{
	size_t count = collect(list, NULL);
	const struct entry **networks;
	struct layout layout = { 0 };

	if (count == 0)
		return true;
	networks = calloc(count, sizeof(*networks));
	layout.ranges = calloc(2 * count, sizeof(*layout.ranges));
	if (networks == NULL || layout.ranges == NULL) {
		free(networks);
		free(layout.ranges);
		return false;
	}
	collect(list, networks);
	qsort(networks, count, sizeof(*networks), by_address);
	lay_out(&layout, networks, count);
	free(networks);
	list->ranges = layout.ranges;
	list->range_count = layout.count;
	return true;
}

const struct entry *
list_ranges_find(const struct list *list, const struct address *address)
{
	size_t low = 0, high = list->range_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&list->ranges[middle].from, address) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? NULL : list->ranges[low - 1].entry;
}
