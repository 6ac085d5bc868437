/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checkpoints, which bound the log and the time of a recovery, in steps that
 * keep nobody waiting. A checkpoint has to bring all changed pages to the disk;
 * made in one piece it holds grey.lock while the disk works, and all mail
 * waits. So most is done before: the disk works without the lock, changed pages
 * are written a slice at a time, and little is left for the checkpoint itself.
 *
 * Who serves many clients does not wait for the disk either: what works without
 * the lock is done aside (store_disk.h), and steps go on after it.
 *
 * One process does this at a time. One that stops in between, or is killed, is
 * relieved by whoever finds that the log has grown on.
 *
 * Berkeley DB sorts all changed pages for each slice of them. Of a large store
 * nearly each request changes another page, and to sort 15,000 pages 12 times
 * cost a request a fifth of its instructions. Hence these are written as soon
 * as there is a slice of them. Of a small store that would write the same pages
 * again and again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bdb_cache.h"
#include "bdb_calls.h"
#include "bdb_operations.h"

enum {
	/* Megabytes of log: when it begins, when somebody else takes over, and
	   when there is no time for steps. */
	BEGIN_AT = 4,
	RELIEVE_AT = 8,
	HURRY_AT = 16,
	/* Pages written in one step: one or two milliseconds. */
	SLICE_PAGES = 500,
	/* In so many bytes of log there are two such slices. */
	EARLY_LOG_BYTES = 256 * 1024,
	EARLY_CACHE_MEGABYTES = 128,
	/* What a process takes for it that has not seen the log grow. */
	UNIT_LOG_BYTES = 256
};

/*
 * Processes know nothing of each other's looks, so the count of units says when
 * so much was logged: by how the log has grown from one look of ours to the
 * next.
 */
static bool
is_early_due(struct bdb *bdb, const DB_LOG_STAT *log)
{
	uint64_t at = (uint64_t)log->st_cur_file * log->st_lg_size +
	    log->st_cur_offset;
	uint32_t units = bdb->lock.state->units;
	uint64_t grown = at - bdb->early_log, looks;
	uint32_t done = units - bdb->early_units;

	if (bdb->early_log == 0 || at <= bdb->early_log || done == 0) {
		grown = UNIT_LOG_BYTES;
		done = 1;
	}
	bdb->early_log = at;
	bdb->early_units = units;
	looks = EARLY_LOG_BYTES * (uint64_t)done / grown / BDB_CHECKPOINT_UNITS;
	return looks == 0 || units / BDB_CHECKPOINT_UNITS % looks == 0;
}

/* Notes the last log file. *megabytes: of log since the last checkpoint;
 *early: it may be time to write pages early. */
static int
look_at_log(struct bdb *bdb, u_int32_t *megabytes, bool *early)
{
	DB_LOG_STAT *log;
	int error = bdb->env.handle->log_stat(bdb->env.handle, &log, 0);

	if (error != 0)
		return error;
	*megabytes = log->st_wc_mbytes;
	bdb->step_log = log->st_cur_file;
	*early = is_early_due(bdb, log);
	free(log);
	return 0;
}

static int
look_work(struct bdb *bdb, void *argument)
{
	volatile struct bdb_state *state = bdb->lock.state;
	u_int32_t megabytes;
	bool early;
	int error = look_at_log(bdb, &megabytes, &early);

	(void)argument;
	bdb->step = BDB_STEP_NONE;
	if (error != 0)
		return error;
	if (megabytes < BEGIN_AT) {
		if (early && state->checkpointer == 0 &&
		    bdb_cache_megabytes(bdb) >= EARLY_CACHE_MEGABYTES)
			bdb->step = BDB_STEP_SYNC_EARLY;
		return 0;
	}
	if (megabytes < RELIEVE_AT && state->checkpointer != 0 &&
	    state->checkpointer != bdb->pid)
		return 0;
	state->checkpointer = bdb->pid;
	bdb->step = megabytes < HURRY_AT ? BDB_STEP_SYNC_LOG :
					   BDB_STEP_CHECKPOINT;
	return 0;
}

/* Percent of the pages; one of a large cache is more than a slice. */
static int
plan_slices(struct bdb *bdb, uint64_t slice)
{
	DB_MPOOL_STAT *pages;
	uint64_t all;
	int error = bdb->env.handle->memp_stat(
	    bdb->env.handle, &pages, NULL, 0);

	if (error != 0)
		return error;
	all = (uint64_t)pages->st_page_clean + pages->st_page_dirty + 1;
	bdb->step_percent = (int)(pages->st_page_clean * UINT64_C(100) / all);
	bdb->step_slice = (int)(slice * 100 / all);
	if (bdb->step_slice < 1)
		bdb->step_slice = 1;
	free(pages);
	return 0;
}

/* Takes the next step when nothing is left. */
static int
write_slice(struct bdb *bdb, uint64_t slice, enum bdb_step next)
{
	int error = bdb->step_slice == 0 ? plan_slices(bdb, slice) : 0;

	if (error != 0)
		return error;
	bdb->step_percent += bdb->step_slice;
	if (bdb->step_percent >= 100) {
		bdb->step_percent = 100;
		bdb->step = next;
	}
	return bdb->env.handle->memp_trickle(
	    bdb->env.handle, bdb->step_percent, NULL);
}

static int
pages_work(struct bdb *bdb, void *argument)
{
	(void)argument;
	return write_slice(bdb, SLICE_PAGES, BDB_STEP_SYNC_FILES);
}

/* Mostly one slice and a bit; many where the disk has taken its time. */
static int
early_work(struct bdb *bdb, void *argument)
{
	(void)argument;
	return write_slice(bdb, 2 * SLICE_PAGES, BDB_STEP_NONE);
}

/* The disk may be slow. */
static int
checkpoint_work(struct bdb *bdb, void *argument)
{
	DB_ENV *env = bdb->env.handle;
	int error = bdb_calls_note(bdb_lock_claim(&bdb->lock), NULL);

	(void)argument;
	bdb->step = bdb_cache_is_outgrown(bdb) ? BDB_STEP_GROW : BDB_STEP_NONE;
	if (bdb->lock.state->checkpointer == bdb->pid)
		bdb->lock.state->checkpointer = 0;
	if (error != 0)
		return error;
	error = env->txn_checkpoint(env, 0, 0, 0);
	if (error == 0)
		error = env->log_archive(env, NULL, DB_ARCH_REMOVE);
	bdb_lock_unclaim(&bdb->lock);
	return error;
}

/* What fails is done again, after a recovery, which makes the regions anew. */
static int
grow_work(struct bdb *bdb, void *argument)
{
	bool *again = argument;

	bdb->step = BDB_STEP_NONE;
	if (*again || !bdb_cache_is_outgrown(bdb))
		return 0;
	*again = true;
	return DB_RUNRECOVERY;
}

static int
open_file(const struct bdb *bdb, const char *name)
{
	return openat(
	    bdb->directory.fd, name, O_RDONLY | STORE_DIRECTORY_SAFELY);
}

/*
 * Only to have it done before: what counts is Berkeley DB's own fsync(2), which
 * meets an error, too. The next step is taken when it is done; not after a disk
 * that did not take it in time, which is left alone until the next look.
 */
static void
bring_to_disk(struct store *store, bool aside, const char *name,
    const char *other, enum bdb_step next)
{
	struct bdb *bdb = store->state;
	int fds[] = { -1, -1 }, error;

	if (!bdb->disk.begun) {
		fds[0] = open_file(bdb, name);
		if (other != NULL)
			fds[1] = open_file(bdb, other);
		aside = aside && (fds[0] != -1 || fds[1] != -1);
		store_disk_begin(&bdb->disk, fds, aside);
	}
	if (store_disk_is_done(&bdb->disk, &error))
		bdb->step = error == ETIMEDOUT ? BDB_STEP_NONE : next;
}

/* Pages are written next, the first slice of them. */
static void
bring_log_to_disk(struct store *store, bool aside, enum bdb_step next)
{
	struct bdb *bdb = store->state;
	char log[32];

	snprintf(log, sizeof(log), "log.%010u", bdb->step_log);
	bdb->step_slice = 0;
	bring_to_disk(store, aside, log, NULL, next);
}

/* aside: nothing waits for the disk where that can be done by another. */
static enum store_result
take_step(struct store *store, bool aside)
{
	struct bdb *bdb = store->state;
	enum store_result result = STORE_OK;
	bool again = false;

	switch (bdb->step) {
	case BDB_STEP_NONE:
		break;
	case BDB_STEP_LOOK:
		result = bdb_unit(store, look_work, NULL);
		break;
	case BDB_STEP_SYNC_EARLY:
		bring_log_to_disk(store, aside, BDB_STEP_WRITE_EARLY);
		break;
	case BDB_STEP_WRITE_EARLY:
		result = bdb_unit(store, early_work, NULL);
		break;
	case BDB_STEP_SYNC_LOG:
		bring_log_to_disk(store, aside, BDB_STEP_WRITE_PAGES);
		break;
	case BDB_STEP_WRITE_PAGES:
		result = bdb_unit(store, pages_work, NULL);
		break;
	case BDB_STEP_SYNC_FILES:
		bring_to_disk(store, aside, bdb_files[STORE_TRIPLETS],
		    bdb_files[STORE_CLIENTS], BDB_STEP_CHECKPOINT);
		break;
	case BDB_STEP_CHECKPOINT:
		result = bdb_unit(store, checkpoint_work, NULL);
		break;
	case BDB_STEP_GROW:
		result = bdb_unit(store, grow_work, &again);
		break;
	}
	if (result != STORE_OK)
		bdb->step = BDB_STEP_NONE;
	return result;
}

enum store_step
bdb_checkpoint_step(struct store *store)
{
	const struct bdb *bdb = store->state;

	(void)take_step(store, store->options.serves_many);
	return bdb->disk.begun	       ? STORE_STEP_WAITS :
	    bdb->step != BDB_STEP_NONE ? STORE_STEP_MORE :
					 STORE_STEP_NONE;
}

static int
begin_work(struct bdb *bdb, void *argument)
{
	u_int32_t megabytes;
	bool early;

	(void)argument;
	bdb->step = BDB_STEP_SYNC_LOG;
	return look_at_log(bdb, &megabytes, &early);
}

enum store_result
bdb_checkpoint(struct store *store)
{
	struct bdb *bdb = store->state;
	enum store_result result;

	store_disk_wait(&bdb->disk);
	result = bdb_unit(store, begin_work, NULL);
	while (result == STORE_OK && bdb->step != BDB_STEP_NONE)
		result = take_step(store, false);
	return result;
}

void
bdb_checkpoint_end(struct store *store)
{
	struct bdb *bdb = store->state;

	store_disk_wait(&bdb->disk);
	if (bdb->step == BDB_STEP_LOOK)
		(void)take_step(store, false);
	if (bdb->step > BDB_STEP_WRITE_EARLY)
		(void)bdb_unit(store, checkpoint_work, NULL);
}
