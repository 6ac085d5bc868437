/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A key of any length as one that LMDB can hold, and back. One of up to
 * LMDB_PLAIN_MAX bytes is itself. Of a longer one the first LMDB_FRONT bytes
 * and a hash of all of it (SHA-256) are the key, LMDB_KEY_MAX bytes in all; the
 * value then begins with the key's length, 32 bits in the machine's order, and
 * the key. So the empty one is kept too, as a key of so many NULs.
 *
 * Keys are in order but for those with the same first LMDB_FRONT bytes, which
 * lie together, in any order.
 */
#ifndef LMDB_KEYS_H
#define LMDB_KEYS_H

#include <lmdb.h>

#include "common/bytes.h"
#include "lmdb_env.h"

#define LMDB_PLAIN_MAX (LMDB_KEY_MAX - 1)
#define LMDB_FRONT (LMDB_KEY_MAX - 32)

struct lmdb_key {
	MDB_val stored;
	bool is_long; /* the value has the key at its front */
	char room[LMDB_KEY_MAX];
};

/* key must stay as it is for as long as this is used. */
void lmdb_key_make(struct lmdb_key *, struct bytes key);

/* Of what stands in front of a long key's value. */
size_t lmdb_key_front(const struct lmdb_key *, struct bytes key);
void lmdb_key_write_front(
    const struct lmdb_key *, struct bytes key, char *front);

/* What is stored, as it was given: both are in the same memory. */
void lmdb_key_read(const MDB_val *stored, const MDB_val *stored_value,
    struct bytes *key, struct bytes *value);

#endif
