/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "hash.h"
#include "memory.h"
#include "percentiles.h"

struct valued {
	uint64_t hash;
	int64_t value;
	uint64_t count;
};

void
percentiles_add(struct percentiles *values, int64_t value)
{
	uint64_t hash = hash_number((uint64_t)value);
	struct valued *valued;
	bool is_new;

	if (values->table.count >= PERCENTILES_LIMIT &&
	    table_find(&values->table, hash) == NULL) {
		values->dropped++;
		return;
	}
	valued = table_add(&values->table, sizeof(*valued), hash, &is_new);
	valued->value = value;
	valued->count++;
	values->total++;
}

static int
by_value(const void *a, const void *b)
{
	const struct valued *left = a, *right = b;

	return (left->value > right->value) - (left->value < right->value);
}

int64_t
percentiles_at(const struct percentiles *values, unsigned percent)
{
	size_t count = values->table.count, at = 0;
	struct valued *all, *valued;
	uint64_t rank = (values->total * percent + 99) / 100, seen = 0;
	int64_t value = -1;

	if (values->total == 0)
		return -1;
	all = memory_new(count, sizeof(*all));
	for (size_t i = 0; (valued = table_next(&values->table, &at)) != NULL;
	     i++)
		all[i] = *valued;
	qsort(all, count, sizeof(*all), by_value);
	for (size_t i = 0; i < count && seen < rank; i++) {
		seen += all[i].count;
		value = all[i].value;
	}
	free(all);
	return value;
}
