/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "counts.h"
#include "hash.h"
#include "memory.h"

struct count {
	uint64_t hash;
	uint32_t count;
	uint32_t text; /* 1 + its place among the texts; 0: it has none */
};

static size_t all_counts; /* in the tables of all lists */

/* Texts of what was not seen more often than the floor go. */
static void
drop_texts(struct counts *counts)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < counts->text_count; i++) {
		struct count *count = hashes_find(
		    &counts->table, counts->texts[i].hash);

		if (count->count > counts->floor) {
			counts->texts[left] = counts->texts[i];
			count->text = ++left;
		} else {
			free(counts->texts[i].data);
			count->text = 0;
		}
	}
	counts->text_count = left;
}

static void
keep_text(struct counts *counts, struct count *count, struct bytes text)
{
	struct counted_text *kept;

	if (counts->texts == NULL)
		counts->texts = memory_new(COUNTS_TEXTS, sizeof(*kept));
	while (counts->text_count == COUNTS_TEXTS) {
		counts->floor = counts->floor * 2 + 1;
		drop_texts(counts);
	}
	if (count->count <= counts->floor)
		return;
	kept = &counts->texts[counts->text_count];
	*kept = (struct counted_text){ count->hash, memory_new(text.len, 1),
		text.len };
	if (text.len > 0)
		memcpy(kept->data, text.data, text.len);
	count->text = ++counts->text_count;
}

static void
count_now(
    struct counts *counts, uint64_t hash, struct bytes text, uint32_t more)
{
	struct count *count;
	bool is_new = false;

	count = all_counts < COUNTS_LIMIT ?
	    hashes_add(&counts->table, sizeof(*count), hash, &is_new) :
	    hashes_find(&counts->table, hash);
	if (count == NULL) {
		counts->dropped += more;
		return;
	}
	all_counts += is_new;
	count->count += more;
	if (count->text == 0 && count->count > counts->floor)
		keep_text(counts, count, text);
}

static void
count_pending(struct counts *counts, struct counts_pending *pending)
{
	if (pending->more == 0)
		return;
	count_now(counts, pending->hash,
	    (struct bytes){ pending->text, pending->len }, pending->more);
	pending->more = 0;
}

void
counts_add(struct counts *counts, struct bytes text, uint32_t more)
{
	struct counts_pending
	    *pending = &counts->pending[counts->turn++ % COUNTS_PENDING];
	uint64_t hash;

	if (text.len > COUNTS_TEXT_MAX)
		text.len = COUNTS_TEXT_MAX;
	hash = hash_bytes(text, 0);
	counts->total += more;
	count_pending(counts, pending);
	if (text.len > COUNTS_PENDING_TEXT) {
		count_now(counts, hash, text, more);
		return;
	}
	hashes_prefetch(&counts->table, hash);
	pending->hash = hash;
	pending->more = more;
	pending->len = (uint32_t)text.len;
	if (text.len > 0)
		memmove(pending->text, text.data, text.len);
}

void
counts_settle(struct counts *counts)
{
	for (int i = 0; i < COUNTS_PENDING; i++)
		count_pending(counts, &counts->pending[i]);
}

void
counts_add_lower(struct counts *counts, struct bytes text, uint32_t more)
{
	char lower[COUNTS_TEXT_MAX];
	size_t len = text.len < COUNTS_TEXT_MAX ? text.len : COUNTS_TEXT_MAX;

	for (size_t i = 0; i < len; i++)
		lower[i] = bytes_lower(text.data[i]);
	counts_add(counts, (struct bytes){ lower, len }, more);
}

static int
by_count(const void *a, const void *b)
{
	const struct counted *left = a, *right = b;

	if (left->count != right->count)
		return left->count < right->count ? 1 : -1;
	return bytes_compare(left->text, right->text);
}

size_t
counts_top(const struct counts *counts, size_t wanted, struct counted *top)
{
	struct counted *all = memory_new(counts->text_count, sizeof(*all));
	size_t have = counts->text_count < wanted ? counts->text_count : wanted;

	for (uint32_t i = 0; i < counts->text_count; i++) {
		const struct counted_text *text = &counts->texts[i];
		const struct count *count = hashes_find(
		    &counts->table, text->hash);

		all[i] = (struct counted){ count->count,
			{ text->data, text->len } };
	}
	qsort(all, counts->text_count, sizeof(*all), by_count);
	if (have > 0)
		memcpy(top, all, have * sizeof(*top));
	free(all);
	return have;
}
