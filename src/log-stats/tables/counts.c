/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "counts.h"
#include "hash.h"
#include "memory.h"
#include "times.h"

struct count {
	uint64_t hash;
	uint32_t count;
	uint32_t text; /* 1 + its place among the texts; 0: it has none */
};

/* Frees the texts of what was not seen more often than the floor. */
static void
drop_texts(struct counts *counts)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < counts->text_count; i++) {
		struct count *count = table_find(
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
drop_rarest(struct counts *counts)
{
	while (counts->text_count == COUNTS_TEXTS) {
		counts->floor = counts->floor * 2 + 1;
		drop_texts(counts);
	}
}

/* Unless the floor has risen above the count by then. */
static void
keep_text(struct counts *counts, struct count *count, struct bytes text,
    bool in_lower_case)
{
	struct counted_text *kept;

	if (counts->texts == NULL)
		counts->texts = memory_new(COUNTS_TEXTS, sizeof(*kept));
	drop_rarest(counts);
	if (count->count <= counts->floor)
		return;
	kept = &counts->texts[counts->text_count];
	*kept = (struct counted_text){ count->hash, memory_new(text.len, 1),
		text.len };
	for (size_t i = 0; i < text.len; i++)
		kept->data[i] = in_lower_case ? bytes_lower(text.data[i]) :
						text.data[i];
	count->text = ++counts->text_count;
}

static bool
has_room(const struct counts *counts)
{
	return counts->shared == NULL || counts->table.count < COUNTS_FEW ||
	    *counts->shared < COUNTS_LIMIT;
}

static void
add(struct counts *counts, uint64_t hash, struct bytes text, uint32_t more,
    bool in_lower_case)
{
	struct count *count;
	bool is_new = false;

	more *= times;
	counts->total += more;
	count = has_room(counts) ?
	    table_add(&counts->table, sizeof(*count), hash, &is_new) :
	    table_find(&counts->table, hash);
	if (count == NULL) {
		counts->dropped += more;
		return;
	}
	if (counts->shared != NULL)
		*counts->shared += is_new;
	count->count += more;
	if (count->text == 0 && count->count > counts->floor)
		keep_text(counts, count, text, in_lower_case);
}

static struct bytes
cut(struct bytes text)
{
	if (text.len > COUNTS_TEXT_MAX)
		text.len = COUNTS_TEXT_MAX;
	return text;
}

uint64_t
counts_add(struct counts *counts, struct bytes text, uint32_t more)
{
	uint64_t key;

	text = cut(text);
	key = hash_text(text, 0);
	add(counts, key, text, more, false);
	return key;
}

uint64_t
counts_add_lower(struct counts *counts, struct bytes text)
{
	uint64_t key;

	text = cut(text);
	key = hash_lower(text, 0);
	add(counts, key, text, 1, true);
	return key;
}

void
counts_take_back(struct counts *counts, uint64_t key)
{
	struct count *count = table_find(&counts->table, key);

	counts->total -= times;
	if (count == NULL)
		counts->dropped -= times;
	else
		count->count -= times;
}

static struct bytes
with_name(
    char whole[static COUNTS_TEXT_MAX], const char *name, struct bytes text)
{
	const size_t len = strlen(name);

	if (text.len > COUNTS_TEXT_MAX - len)
		text.len = COUNTS_TEXT_MAX - len;
	memcpy(whole, name, len);
	if (text.len > 0)
		memcpy(whole + len, text.data, text.len);
	return (struct bytes){ whole, len + text.len };
}

uint64_t
counts_add_named(struct counts *counts, const char *name, struct bytes text)
{
	char whole[COUNTS_TEXT_MAX];

	return counts_add(counts, with_name(whole, name, text), 1);
}

uint64_t
counts_add_any_case(struct counts *counts, const char *name, struct bytes text)
{
	char whole[COUNTS_TEXT_MAX];
	const struct bytes named = with_name(whole, name, text);
	const uint64_t key = hash_lower(named, 0);

	add(counts, key, named, 1, false);
	return key;
}

void
counts_move(struct counts *from, struct counts *to, uint64_t key)
{
	const struct count *count = table_find(&from->table, key);
	const struct counted_text *text;

	counts_take_back(from, key);
	if (count == NULL || count->text == 0) {
		to->total++;
		to->dropped++;
		return;
	}
	text = &from->texts[count->text - 1];
	add(to, key, (struct bytes){ text->data, text->len }, 1, false);
}

static bool
is_above(struct counted a, struct counted b)
{
	return a.count != b.count ? a.count > b.count :
				    bytes_compare(a.text, b.text) < 0;
}

void
counted_insert(
    struct counted *top, size_t *have, size_t wanted, struct counted counted)
{
	size_t at = *have;

	if (at == wanted && (at == 0 || !is_above(counted, top[at - 1])))
		return;
	if (at == wanted)
		at--;
	else
		++*have;
	for (; at > 0 && is_above(counted, top[at - 1]); at--)
		top[at] = top[at - 1];
	top[at] = counted;
}

size_t
counts_top(const struct counts *counts, size_t wanted, struct counted *top)
{
	size_t have = 0;

	for (uint32_t i = 0; i < counts->text_count; i++) {
		const struct counted_text *text = &counts->texts[i];
		const struct count *count = table_find(
		    &counts->table, text->hash);

		if (count->count > 0)
			counted_insert(top, &have, wanted,
			    (struct counted){
				count->count, { text->data, text->len } });
	}
	return have;
}

void
counts_expect(struct counts *counts, size_t count)
{
	table_expect(&counts->table, sizeof(struct count), count);
}

void
counts_free(struct counts *counts)
{
	for (uint32_t i = 0; i < counts->text_count; i++)
		free(counts->texts[i].data);
	free(counts->texts);
	table_free(&counts->table);
}
