/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The networks of a list, laid out flat: all addresses, cut into ranges that
 * are sorted, each with the smallest network that it is in. One binary search
 * finds it, however many networks and lengths of prefixes there are.
 */
#ifndef LIST_RANGES_H
#define LIST_RANGES_H

#include "list_entry.h"

struct list_range {
	struct address from;		/* to where the next begins */
	const struct list_entry *entry; /* NULL: of no network */
};

struct list_ranges {
	struct list_range *range; /* to be freed */
	size_t count;
};

/* Of the networks among the entries of a table. False: out of memory. */
bool list_ranges_make(struct list_ranges *, const struct list_entry *entries);

/* The smallest network that the address is in, or NULL. */
const struct list_entry *list_ranges_find(
    const struct list_ranges *, const struct address *);

#endif
