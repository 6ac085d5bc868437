/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Brings to the disk what the system would bring there in its own time. Nobody
 * waits for that, and a power cut loses no more than what came since. Who
 * serves many does not wait for the disk either (store_disk.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "common/msg.h"
#include "lmdb_error.h"
#include "lmdb_operations.h"

/* Seconds. */
enum { BETWEEN_SYNCS = 30 };

/*
 * What the disk has failed to take once it is not asked to take again: Linux
 * counts the pages as written. So nothing is certain any more, whatever comes
 * to the disk later, until there is another file.
 */
static int
note_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	volatile struct lmdb_state *state = lmdb->lock.state;
	struct lmdb_sync *sync = argument;

	if (!sync->done) {
		sync->txnid = mdb_txn_id(txn);
		sync->generation = lmdb->generation;
	} else if (sync->generation == state->generation) {
		if (sync->failed)
			state->failed = (uint32_t)sync->generation;
		else if (state->failed != (uint32_t)sync->generation &&
		    state->synced < sync->txnid)
			state->synced = sync->txnid;
	}
	return 0;
}

static int
sync_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	struct lmdb_sync *sync = argument;
	int error = mdb_env_sync(lmdb->env.handle, 1);

	(void)txn;
	sync->failed = error != 0;
	return error;
}

/* The last transaction of before is known; then all up to it is on the disk. */
enum store_result
lmdb_checkpoint(struct store *store)
{
	const struct lmdb *lmdb = store->state;
	struct lmdb_sync sync = { .done = false };
	enum store_result result;

	if (store->options.read_only)
		return STORE_OK;
	result = lmdb_unit_read(store, note_work, &sync);
	if (result == STORE_OK && sync.txnid > lmdb->lock.state->synced) {
		result = lmdb_unit_read(store, sync_work, &sync);
		sync.done = true;
		if (result == STORE_OK)
			result = lmdb_unit_read(store, note_work, &sync);
		else if (sync.failed)
			(void)lmdb_unit_read(store, note_work, &sync);
	}
	return result;
}

/* The file as it is open, so that an error of before is not overlooked. */
static int
begin_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	struct lmdb_sync *sync = &lmdb->sync;
	int *copy = argument, fd;
	int error = mdb_env_get_fd(lmdb->env.handle, &fd);

	sync->done = false;
	(void)note_work(lmdb, txn, sync);
	if (error != 0 || sync->txnid <= lmdb->lock.state->synced)
		return error;
	if (*copy != -1)
		close(*copy);
	*copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return *copy == -1 ? errno : 0;
}

static void
begin_aside(struct store *store)
{
	struct lmdb *lmdb = store->state;
	int fds[] = { -1, -1 };

	(void)lmdb_unit_read(store, begin_work, &fds[0]);
	if (fds[0] != -1)
		store_disk_begin(&lmdb->disk, fds, true);
}

static void
say_failed(const struct lmdb *lmdb, int error)
{
	char text[512];

	lmdb_error_describe(lmdb->path, lmdb->fd, error, text, sizeof(text));
	msg(MSG_ERROR,
	    "%s (what was stored since the last half minute has not all come "
	    "to the disk; a power cut may lose it)",
	    text);
}

/* Of one that took too long, which is said there, or of which nothing could be
   known, the next one finds out. */
static void
end_aside(struct store *store)
{
	struct lmdb *lmdb = store->state;
	struct lmdb_sync *sync = &lmdb->sync;
	int error;

	if (!store_disk_is_done(&lmdb->disk, &error) || error == ECHILD ||
	    error == ETIMEDOUT)
		return;
	sync->done = true;
	sync->failed = error != 0;
	if (error != 0 && error != sync->said)
		say_failed(lmdb, error);
	sync->said = error;
	(void)lmdb_unit_read(store, note_work, sync);
}

static bool
is_due(volatile struct lmdb_state *state)
{
	int64_t now = time(NULL);

	if (now >= state->synced_at && now - state->synced_at < BETWEEN_SYNCS)
		return false;
	state->synced_at = now;
	return true;
}

enum store_step
lmdb_checkpoint_step(struct store *store)
{
	struct lmdb *lmdb = store->state;

	if (lmdb->disk.begun)
		end_aside(store);
	else if (lmdb->env.handle != NULL && !store->options.read_only &&
	    is_due(lmdb->lock.state)) {
		if (store->options.serves_many)
			begin_aside(store);
		else
			(void)lmdb_checkpoint(store);
	}
	return lmdb->disk.begun ? STORE_STEP_WAITS : STORE_STEP_NONE;
}

/* Nobody who ends waits for the disk: the child goes on without us. */
void
lmdb_checkpoint_end(struct store *store)
{
	struct lmdb *lmdb = store->state;

	if (lmdb->disk.begun)
		end_aside(store);
}
