/* SPDX-License-Identifier: BSD-2-Clause */
#include "greylist/record.h"
#include "line.h"

const char line_too_late[] = "has a time after the year 31688: times are in "
			     "seconds, not milliseconds";

bool
line_is_state(struct bytes word)
{
	return bytes_equal(word, bytes_of("waiting")) ||
	    bytes_equal(word, bytes_of("passed")) ||
	    bytes_equal(word, bytes_of("expired"));
}

const char *
line_from_bytes(const struct making *making, enum store_table table,
    struct bytes key, struct bytes value, struct item *item)
{
	struct triplet_record triplet;
	struct client_record client;

	if (table == STORE_TRIPLETS && record_read_triplet(value, &triplet))
		return made_from_key(making, key, triplet.first, triplet.last,
		    triplet.host, item);
	if (table == STORE_CLIENTS && record_read_client(value, &client))
		return made_client(
		    making, key, client.count, client.last, item);
	return item_from_bytes(key, value, item);
}
