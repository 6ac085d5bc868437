/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A record of the store, decoded: what it means at this time.
 */
#ifndef ROW_H
#define ROW_H

#include "greylist/record.h"
#include "settings.h"

enum row_state { ROW_WAITING, ROW_PASSED, ROW_EXPIRED, ROW_STATES };

/* All bytes lie in key and value. */
struct row {
	enum store_table table;
	struct bytes key;
	struct bytes value;
	bool split;   /* a triplet whose key has parts */
	bool decoded; /* the value can be read: what follows is true */
	struct key_parts parts;
	struct triplet_record triplet;
	struct client_record client;
	enum row_state state;
	int64_t wait; /* waiting: seconds until a retry would pass */
	bool has_address;
	struct address address; /* of the client */
	int64_t awl; /* its count on the auto-whitelist; -1: not there */
};

/* awl is -1 in the result. */
void row_decode(const struct settings *, struct bytes key, struct bytes value,
    struct row *);

/* When it was last seen; epoch seconds. */
int64_t row_last(const struct row *);

extern const char *const row_state_names[ROW_STATES];

#endif
