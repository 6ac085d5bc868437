/* SPDX-License-Identifier: BSD-2-Clause */
#include "bdb_holder.h"
#include "store/shared/store_holder.h"

enum store_result
bdb_held_by_another(struct store *store, const struct bdb *bdb)
{
	const volatile struct bdb_state *state = bdb->lock.state;

	if (state->holder == 0)
		return store_failed(store,
		    "%s/grey.lock: another program has held it for %d seconds",
		    bdb->directory.path, BDB_LOCK_WAIT);
	return store_held_by(store, bdb->directory.path, "grey.lock",
	    state->holder, state->stuck.since);
}
