/* SPDX-License-Identifier: BSD-2-Clause */
#include "greylist/record.h"
#include "item.h"

/* Makes the key of the pieces, with a slash between. False: no room. */
static bool
set_key(struct item *item, const struct bytes *pieces, size_t count)
{
	item->verbatim = true;
	item->key_len = 0;
	for (size_t i = 0; i < count; i++) {
		if (item->key_len + pieces[i].len + 1 > sizeof(item->key))
			return false;
		if (i > 0)
			item->key[item->key_len++] = '/';
		if (pieces[i].len > 0)
			memcpy(item->key + item->key_len, pieces[i].data,
			    pieces[i].len);
		item->key_len += pieces[i].len;
	}
	return true;
}

const char *
item_from_bytes(struct bytes key, struct bytes value, struct item *item)
{
	if (!set_key(item, &key, 1) || value.len > sizeof(item->value))
		return "has a key or a value that is too long";
	if (value.len > 0)
		memcpy(item->value, value.data, value.len);
	item->value_len = value.len;
	return NULL;
}

const char *
item_from_triplet(const struct bytes *pieces, size_t count, int64_t first,
    int64_t last, struct bytes host, struct item *item)
{
	const struct triplet_record triplet = { first, last, host };

	if (!set_key(item, pieces, count) || host.len > ADDRESS_TEXT_MAX)
		return "has a key or a host that is too long";
	item->value_len = record_write_triplet(&triplet, item->value);
	return NULL;
}

const char *
item_from_client(
    struct bytes key, int64_t count, int64_t last, struct item *item)
{
	const struct client_record client = { count, last };

	item->value_len = record_write_client(&client, item->value);
	return set_key(item, &key, 1) ? NULL : "has a key that is too long";
}
