/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A record as it stands in the store, in the caller's memory, and the forms of
 * line that one is made of.
 */
#ifndef ITEM_H
#define ITEM_H

#include "greylist/key.h"
#include "store/store.h"

/*
 * Far longer than any value that is stored by a check: a record that can't be
 * decoded has to be named whole to be deleted.
 */
#define ITEM_VALUE_MAX (64 * 1024)

struct item {
	size_t key_len;
	size_t value_len;
	char key[KEY_MAX];
	char value[ITEM_VALUE_MAX];
};

static inline struct bytes
item_key(const struct item *item)
{
	return (struct bytes){ item->key, item->key_len };
}

static inline struct bytes
item_value(const struct item *item)
{
	return (struct bytes){ item->value, item->value_len };
}

/* Makes the key of the pieces, with a slash between. False: no room. */
bool item_set_key(struct item *, const struct bytes *pieces, size_t count);
bool item_set_value(struct item *, struct bytes value);
/* "first,last[,host]", "count,last" */
bool item_set_triplet(
    struct item *, int64_t first, int64_t last, struct bytes host);
void item_set_client(struct item *, int64_t count, int64_t last);

/* Each takes a line. NULL, or what is wrong with it, until the next call. */
const char *item_from_tsv(enum store_table, struct bytes line, struct item *);
const char *item_from_json(enum store_table, struct bytes line, struct item *);

#endif
