/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often which text was seen. The counts are kept under hashes, and only the
 * texts of those that are frequent enough to be listed: when there are too many
 * of these, the bar rises. What is listed is exact.
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
	bool is_bounded; /* by what comes: there is no limit */
	uint32_t floor;	 /* what was not seen more often has no text */
	uint64_t total;
	uint64_t dropped; /* of the total: there were too many different ones */
};

struct counted {
	uint64_t count;
	struct bytes text;
};

/* So many different texts in all lists together, but COUNTS_FEW in each however
 * many the others have; so many kept in each. */
enum {
	COUNTS_LIMIT = 3 << 16,
	COUNTS_FEW = 1 << 12,
	COUNTS_TEXTS = 1 << 11,
	COUNTS_TEXT_MAX = 200
};

/* Longer texts are cut. */
void counts_add(struct counts *, struct bytes text, uint32_t count);
/* The text behind a name: "smtpd: TLSv1.3". */
void counts_add_named(struct counts *, const char *name, struct bytes text);
/* Upper and lower case are the same. */
void counts_add_lower(struct counts *, struct bytes text);

/*
 * The entries with the highest counts, the highest first, those of equal count
 * by their texts; returns how many of the wanted there are. They are valid
 * until the next counts_add(). No more than COUNTS_TEXTS / 2 may be wanted:
 * others have lost their texts.
 */
size_t counts_top(const struct counts *, size_t wanted, struct counted *top);

/* Inserts one into the top, which holds *have of the wanted, in that order; the
 * last one falls out if it is full. */
void counted_insert(
    struct counted *top, size_t *have, size_t wanted, struct counted);

/* So many different ones may come, and no more. */
void counts_expect(struct counts *, size_t count);

void counts_free(struct counts *);

#endif
