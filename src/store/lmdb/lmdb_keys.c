/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/types.h>
#include <sha2.h>
#include <stdint.h>

#include "lmdb_keys.h"

typedef uint32_t key_length;

static void
hash(struct bytes key, uint8_t out[static SHA256_DIGEST_LENGTH])
{
	SHA2_CTX context;

	SHA256Init(&context);
	SHA256Update(&context, (const uint8_t *)key.data, key.len);
	SHA256Final(out, &context);
}

void
lmdb_key_make(struct lmdb_key *made, struct bytes key)
{
	made->is_long = key.len == 0 || key.len > LMDB_PLAIN_MAX;
	if (!made->is_long) {
		made->stored = (MDB_val){ key.len,
			(void *)(uintptr_t)key.data };
		return;
	}
	if (key.len == 0)
		memset(made->room, 0, sizeof(made->room));
	else {
		memcpy(made->room, key.data, LMDB_FRONT);
		hash(key, (uint8_t *)made->room + LMDB_FRONT);
	}
	made->stored = (MDB_val){ sizeof(made->room), made->room };
}

size_t
lmdb_key_front(const struct lmdb_key *made, struct bytes key)
{
	return made->is_long ? sizeof(key_length) + key.len : 0;
}

void
lmdb_key_write_front(const struct lmdb_key *made, struct bytes key, char *front)
{
	key_length length = (key_length)key.len;

	if (!made->is_long)
		return;
	memcpy(front, &length, sizeof(length));
	if (key.len > 0)
		memcpy(front + sizeof(length), key.data, key.len);
}

void
lmdb_key_read(const MDB_val *stored, const MDB_val *stored_value,
    struct bytes *key, struct bytes *value)
{
	struct bytes rest = { stored_value->mv_data, stored_value->mv_size };
	struct lmdb_key made;
	key_length length;

	*key = (struct bytes){ stored->mv_data, stored->mv_size };
	*value = rest;
	if (stored->mv_size != LMDB_KEY_MAX || rest.len < sizeof(length))
		return;
	memcpy(&length, rest.data, sizeof(length));
	rest = bytes_from(rest, sizeof(length));
	if (length > rest.len)
		return;
	lmdb_key_make(&made, (struct bytes){ rest.data, length });
	/* Another program's may have this length, and be itself. */
	if (!made.is_long || memcmp(made.room, key->data, LMDB_KEY_MAX) != 0)
		return;
	*key = (struct bytes){ rest.data, length };
	*value = bytes_from(rest, length);
}
