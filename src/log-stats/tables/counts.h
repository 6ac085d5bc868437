/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often which text was seen, for lists of the most frequent ones. Counts
 * are kept under hashes, and texts only for counts above a floor: when too many
 * texts are kept, the floor rises and the rarest go. What is listed is exact.
 */
#ifndef COUNTS_H
#define COUNTS_H

#include "common/bytes.h"
#include "table.h"

struct counted_text {
	uint64_t hash;
	char *data;
	size_t len;
};

struct counts {
	struct table table;
	struct counted_text *texts;
	uint32_t text_count;
	/* Different texts in all counts that share COUNTS_LIMIT, which is the
	 * caller's; NULL: what is counted is bounded by itself. */
	size_t *shared;
	uint32_t floor; /* what was not seen more often has no text */
	uint64_t total;
	uint64_t dropped; /* of the total: there were too many different ones */
};

struct counted {
	uint64_t count;
	struct bytes text;
};

enum {
	COUNTS_LIMIT = 3 << 16, /* different texts in all that share it, but */
	COUNTS_FEW = 1 << 12,	/* this many in each, whatever others have */
	COUNTS_TEXTS = 1 << 11, /* of which the text is kept, in each */
	COUNTS_TEXT_MAX = 200	/* bytes; longer texts are cut */
};

/* All return its key, for counts_take_back() and counts_move(). */
uint64_t counts_add(struct counts *, struct bytes text, uint32_t count);
/* The text with a name in front: "smtpd: TLSv1.3". */
uint64_t counts_add_named(struct counts *, const char *name, struct bytes text);
/* The same, whatever the case of its letters: listed as it came first. */
uint64_t counts_add_any_case(
    struct counts *, const char *name, struct bytes text);
/* The text in lower case. */
uint64_t counts_add_lower(struct counts *, struct bytes text);
/* The same text was counted once too often. */
void counts_take_back(struct counts *, uint64_t key);
/* It was to be counted in the other. */
void counts_move(struct counts *from, struct counts *to, uint64_t key);

/*
 * Writes the entries with the highest counts to top: the highest first, those
 * of equal count by their texts. Returns how many there are, at most as many as
 * are wanted. They are valid until the next counts_add(). Of more than
 * COUNTS_TEXTS / 2 that are wanted some may be missing: their texts have gone.
 */
size_t counts_top(const struct counts *, size_t wanted, struct counted *top);

/* Inserts one into the top, which holds *have of the wanted, in that order; the
 * last one falls out if it is full. */
void counted_insert(
    struct counted *top, size_t *have, size_t wanted, struct counted);

/* Makes room for this many different texts. */
void counts_expect(struct counts *, size_t count);

void counts_free(struct counts *);

#endif
