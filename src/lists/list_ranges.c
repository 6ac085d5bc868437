/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "list_ranges.h"

/* The ranges while they are made, and the networks that are open at one. */
struct layout {
	struct list_range *ranges;
	size_t count;
	size_t depth;
	const struct list_entry *open[ADDRESS_BITS + 1];
};

/* The first address after the network. False: there is none. */
static bool
after(const struct list_entry *entry, struct address *next)
{
	unsigned prefix = list_entry_prefix(entry);
	unsigned octet = (prefix + 7) / 8, step = 1u << (octet * 8 - prefix);

	*next = list_entry_address(entry);
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

/* From this address on it is `entry`; NULL: none. */
static void
begin(
    struct layout *layout, struct address from, const struct list_entry *entry)
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

static void
lay_out(struct layout *layout, const struct list_entry **networks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct address first = list_entry_address(networks[i]);

		end_networks(layout, &first);
		begin(layout, first, networks[i]);
		layout->open[layout->depth++] = networks[i];
	}
	end_networks(layout, NULL);
}

static size_t
collect(const struct list_entry *entry, const struct list_entry **networks)
{
	size_t count = 0;

	for (; entry != NULL; entry = entry->hh.next) {
		if (entry->key[0] != LIST_ENTRY_NETWORK)
			continue;
		if (networks != NULL)
			networks[count] = entry;
		count++;
	}
	return count;
}

bool
list_ranges_make(struct list_ranges *ranges, const struct list_entry *entries)
{
	size_t count = collect(entries, NULL);
	const struct list_entry **networks;
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
	collect(entries, networks);
	qsort(networks, count, sizeof(*networks), by_address);
	lay_out(&layout, networks, count);
	free(networks);
	*ranges = (struct list_ranges){ layout.ranges, layout.count };
	return true;
}

const struct list_entry *
list_ranges_find(
    const struct list_ranges *ranges, const struct address *address)
{
	size_t low = 0, high = ranges->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&ranges->range[middle].from, address) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? NULL : ranges->range[low - 1].entry;
}
