/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Brings to the disk what the system would bring there in its own time. Nobody
 * waits for that; and what is known to be there need not be looked through when
 * the machine comes up again.
 */
#include <time.h>

#include "lmdb_error.h"
#include "lmdb_operations.h"

/* Seconds. */
enum { BETWEEN_SYNCS = 30 };

struct sync {
	size_t txnid;
	uint64_t generation;
	bool done;
};

static int
note_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	volatile struct lmdb_state *state = lmdb->lock.state;
	struct sync *sync = argument;

	if (!sync->done) {
		sync->txnid = mdb_txn_id(txn);
		sync->generation = lmdb->generation;
	} else if (sync->generation == state->generation &&
	    state->synced < sync->txnid)
		state->synced = sync->txnid;
	return 0;
}

static int
sync_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	(void)txn;
	(void)argument;
	return mdb_env_sync(lmdb->env.handle, 1);
}

/* The last transaction of before is known; then all up to it is on the disk. */
enum store_result
lmdb_checkpoint(struct store *store)
{
	const struct lmdb *lmdb = store->state;
	struct sync sync = { .done = false };
	enum store_result result;

	if (store->options.read_only)
		return STORE_OK;
	result = lmdb_unit_read(store, note_work, &sync);
	if (result == STORE_OK && sync.txnid > lmdb->lock.state->synced) {
		result = lmdb_unit_read(store, sync_work, NULL);
		sync.done = true;
		if (result == STORE_OK)
			result = lmdb_unit_read(store, note_work, &sync);
	}
	return result;
}

bool
lmdb_checkpoint_step(struct store *store)
{
	const struct lmdb *lmdb = store->state;
	volatile struct lmdb_state *state;
	int64_t now = time(NULL);

	if (lmdb->env.handle == NULL || store->options.read_only)
		return false;
	state = lmdb->lock.state;
	if (now >= state->synced_at && now - state->synced_at < BETWEEN_SYNCS)
		return false;
	state->synced_at = now;
	(void)lmdb_checkpoint(store);
	return false;
}
