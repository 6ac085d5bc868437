/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "hash.h"
#include "memory.h"
#include "percentiles.h"
#include "times.h"

struct seen {
	uint64_t hash;
	int64_t value;
	uint64_t count;
};

void
percentiles_add(struct percentiles *all, int64_t value)
{
	uint64_t hash = hash_number((uint64_t)value);
	struct seen *seen;
	bool is_new;

	if (all->table.count >= PERCENTILES_LIMIT &&
	    table_find(&all->table, hash) == NULL) {
		all->dropped += times;
		return;
	}
	seen = table_add(&all->table, sizeof(*seen), hash, &is_new);
	seen->value = value;
	seen->count += times;
	all->total += times;
}

static int
by_value(const void *a, const void *b)
{
	const struct seen *left = a, *right = b;

	return (left->value > right->value) - (left->value < right->value);
}

int64_t
percentiles_at(const struct percentiles *all, unsigned percent)
{
	size_t count = all->table.count, at = 0;
	uint64_t rank = (all->total * percent + 99) / 100, up_to = 0;
	struct seen *sorted;
	int64_t value = -1;

	if (all->total == 0)
		return -1;
	sorted = memory_new(count, sizeof(*sorted));
	for (size_t i = 0; i < count; i++)
		sorted[i] = *(const struct seen *)table_next(&all->table, &at);
	qsort(sorted, count, sizeof(*sorted), by_value);
	for (size_t i = 0; i < count && up_to < rank; i++) {
		up_to += sorted[i].count;
		value = sorted[i].value;
	}
	free(sorted);
	return value;
}
