/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A record as it is to stand in the store, in the caller's memory.
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
	bool verbatim; /* it is as grey-dump or db_dump read it somewhere */
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

/*
 * Each takes the key as it is, and returns NULL, or what is wrong with the
 * record, until the next call. A key may be in pieces, which get a slash
 * between them.
 */
const char *item_from_bytes(
    struct bytes key, struct bytes value, struct item *);
const char *item_from_triplet(const struct bytes *pieces, size_t count,
    int64_t first, int64_t last, struct bytes host, struct item *);
const char *item_from_client(
    struct bytes key, int64_t count, int64_t last, struct item *);

#endif
