/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "counts.h"
#include "hash.h"
#include "memory.h"

static int
by_count(const void *a, const void *b)
{
	const struct counted *left = *(const struct counted *const *)a;
	const struct counted *right = *(const struct counted *const *)b;

	if (left->count != right->count)
		return left->count < right->count ? 1 : -1;
	return bytes_compare((struct bytes){ left->text, left->len },
	    (struct bytes){ right->text, right->len });
}

static const struct counted **
sorted(const struct counts *counts)
{
	const struct counted **all = memory_new(
	    counts->table.count, sizeof(*all));
	size_t at = 0;

	for (size_t i = 0; i < counts->table.count; i++)
		all[i] = hashes_next(&counts->table, &at);
	qsort(all, counts->table.count, sizeof(*all), by_count);
	return all;
}

struct pruning {
	struct counts *counts;
	uint64_t floor;
};

static bool
is_frequent(const void *entry, void *argument)
{
	const struct counted *counted = entry;
	struct pruning *pruning = argument;

	if (counted->count > pruning->floor)
		return true;
	pruning->counts->dropped += counted->count;
	free(counted->text);
	return false;
}

static void
prune(struct counts *counts)
{
	const struct counted **all = sorted(counts);
	struct pruning pruning = { counts,
		all[counts->table.count / 2]->count };

	free(all);
	hashes_filter(&counts->table, is_frequent, &pruning);
}

void
counts_add(struct counts *counts, struct bytes text, uint64_t count)
{
	size_t len = text.len < COUNTS_TEXT_MAX ? text.len : COUNTS_TEXT_MAX;
	struct counted *counted;
	bool is_new;

	counts->total += count;
	counted = hashes_add(&counts->table, sizeof(*counted),
	    hash_bytes((struct bytes){ text.data, len }, 0), &is_new);
	counted->count += count;
	if (!is_new)
		return;
	counted->text = memory_new(len, 1);
	counted->len = len;
	if (len > 0)
		memcpy(counted->text, text.data, len);
	if (counts->table.count > COUNTS_LIMIT)
		prune(counts);
}

void
counts_add_lower(struct counts *counts, struct bytes text, uint64_t count)
{
	char lower[COUNTS_TEXT_MAX];
	size_t len = text.len < COUNTS_TEXT_MAX ? text.len : COUNTS_TEXT_MAX;

	for (size_t i = 0; i < len; i++)
		lower[i] = bytes_lower(text.data[i]);
	counts_add(counts, (struct bytes){ lower, len }, count);
}

size_t
counts_top(
    const struct counts *counts, size_t wanted, const struct counted **top)
{
	const struct counted **all = sorted(counts);
	size_t have = counts->table.count < wanted ? counts->table.count :
						     wanted;

	if (have > 0)
		memcpy(top, all, have * sizeof(*top));
	free(all);
	return have;
}

void
counts_free(struct counts *counts)
{
	const struct counted *counted;
	size_t at = 0;

	while ((counted = hashes_next(&counts->table, &at)) != NULL)
		free(counted->text);
	hashes_free(&counts->table);
}
