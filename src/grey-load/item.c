/* SPDX-License-Identifier: BSD-2-Clause */
#include "greylist/record.h"
#include "item.h"

bool
item_set_key(struct item *item, const struct bytes *pieces, size_t count)
{
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

bool
item_set_value(struct item *item, struct bytes value)
{
	if (value.len > sizeof(item->value))
		return false;
	if (value.len > 0)
		memcpy(item->value, value.data, value.len);
	item->value_len = value.len;
	return true;
}

bool
item_set_triplet(
    struct item *item, int64_t first, int64_t last, struct bytes host)
{
	const struct triplet_record triplet = { first, last, host };

	if (host.len > ADDRESS_TEXT_MAX)
		return false;
	item->value_len = record_write_triplet(&triplet, item->value);
	return true;
}

void
item_set_client(struct item *item, int64_t count, int64_t last)
{
	const struct client_record client = { count, last };

	item->value_len = record_write_client(&client, item->value);
}
