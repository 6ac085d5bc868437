/* SPDX-License-Identifier: BSD-2-Clause */
/* Many keys in one call: what is read, or updated, in units of work. */
#ifndef STORE_GET_H
#define STORE_GET_H

#include "store/store_engine.h"

struct store_get {
	enum store_table table;
	const struct bytes *keys;
	size_t count;
	store_show *show;
	void *argument;
	size_t done;  /* of the keys, in units of work that have ended */
	size_t shown; /* in this one, too: a unit begins with those done */
};

/* While units, of which each shows some, succeed. */
enum store_result store_get_in_units(struct store *, struct store_get *,
    enum store_result (*unit)(struct store *, struct store_get *));

/* What is left of them in a store, or a table, that has none. */
void store_get_none(struct store_get *);

struct store_update {
	enum store_table table;
	const struct bytes *keys;
	size_t count;
	store_decide *decide;
	void *argument;
	bool read_only;
};

/* In a store that is only read and that has none. */
void store_update_none(const struct store_update *);

#endif
