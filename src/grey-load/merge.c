/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "greylist/record.h"
#include "merge.h"

const char *
merge_refuses(
    enum load_mode mode, enum store_table table, const struct item *item)
{
	const struct key_settings any = { .ipv4_prefix = 24,
		.ipv6_prefix = 64 };
	struct triplet_record triplet;
	struct client_record client;
	struct key_parts parts;
	struct address address;

	if (item->key_len == 0)
		return "has an empty key";
	if (mode == LOAD_DELETE)
		return NULL;
	if (item->value_len > STORE_VALUE_MAX)
		return "has a value that is too long";
	if (table == STORE_TRIPLETS) {
		if (address_parse(item_key(item), &address))
			return "is of the auto-whitelist: use -c";
		if (!key_split(&any, item_key(item), &parts) &&
		    !made_is_hidden(item_key(item)))
			return "has a key that is not "
			       "network/sender/recipient, or not as "
			       "it is stored";
		if (!record_read_triplet(item_value(item), &triplet))
			return "has a value that is not first,last[,host]";
		if (triplet.host.len > ADDRESS_TEXT_MAX)
			return "has a host that is too long";
		return NULL;
	}
	if (key_split(&any, item_key(item), &parts))
		return "is a triplet, and not of the auto-whitelist (-c)";
	if (!address_parse(item_key(item), &address) &&
	    !made_is_hidden(item_key(item)))
		return "has a key that is not an address";
	if (!record_read_client(item_value(item), &client))
		return "has a value that is not count,last";
	return NULL;
}

static bool
merge_triplets(
    struct bytes there, struct bytes loaded, struct store_value *next)
{
	struct triplet_record a, b, merged;
	bool a_has_host;

	if (!record_read_triplet(there, &a) || !record_read_triplet(loaded, &b))
		return false;
	if (a.host.len > ADDRESS_TEXT_MAX)
		a.host.len = 0;
	a_has_host = a.last > b.last ||
	    (a.last == b.last && bytes_compare(a.host, b.host) > 0);
	merged = (struct triplet_record){ a.first < b.first ? a.first : b.first,
		a.last > b.last ? a.last : b.last,
		a_has_host ? a.host : b.host };
	next->len = record_write_triplet(&merged, next->data);
	return true;
}

static bool
merge_clients(struct bytes there, struct bytes loaded, struct store_value *next)
{
	struct client_record a, b, merged;

	if (!record_read_client(there, &a) || !record_read_client(loaded, &b))
		return false;
	merged = (struct client_record){ a.count > b.count ? a.count : b.count,
		a.last > b.last ? a.last : b.last };
	next->len = record_write_client(&merged, next->data);
	return true;
}

/* The same bytes, or the same meaning: some forms have only that. */
static bool
is_same(enum store_table table, struct bytes one, struct bytes other)
{
	struct triplet_record a, b;
	struct client_record c, d;

	if (bytes_equal(one, other))
		return true;
	if (table == STORE_TRIPLETS)
		return record_read_triplet(one, &a) &&
		    record_read_triplet(other, &b) && a.first == b.first &&
		    a.last == b.last && bytes_equal(a.host, b.host);
	return record_read_client(one, &c) && record_read_client(other, &d) &&
	    c.count == d.count && c.last == d.last;
}

enum store_action
merge_records(enum load_mode mode, enum store_table table,
    const struct bytes *there, const struct item *item,
    struct store_value *next)
{
	struct bytes loaded = item_value(item);
	bool merged = false;

	if (mode == LOAD_DELETE)
		return there != NULL && is_same(table, *there, loaded) ?
		    STORE_DELETE :
		    STORE_LEAVE;
	if (there != NULL && bytes_equal(*there, loaded))
		return STORE_LEAVE;
	if (mode == LOAD_MERGE && there != NULL)
		merged = table == STORE_TRIPLETS ?
		    merge_triplets(*there, loaded, next) :
		    merge_clients(*there, loaded, next);
	if (!merged) {
		next->len = item->value_len;
		memcpy(next->data, item->value, item->value_len);
	} else if (bytes_equal(*there, (struct bytes){ next->data, next->len }))
		return STORE_LEAVE;
	return STORE_PUT;
}
