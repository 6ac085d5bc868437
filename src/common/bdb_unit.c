/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "bdb_repair.h"
#include "bdb_unit.h"
#include "guard.h"

struct guarded {
	struct bdb *bdb;
	bdb_work *work;
	void *argument;
};

static int
call_work(void *argument)
{
	struct guarded *guarded = argument;

	return guarded->work(guarded->bdb, guarded->argument);
}

/*
 * A bus error means that a mapped page had no room on the disk; any other
 * signal, that Berkeley DB fell over what it read.
 */
static int
run(struct bdb *bdb, bdb_work *work, void *argument)
{
	struct guarded guarded = { bdb, work, argument };
	int result = 0;
	int signal_number = guard_run(call_work, &guarded, &result);

	if (signal_number == 0)
		return result;
	return signal_number == SIGBUS ? ENOSPC : DB_RUNRECOVERY;
}

static int
join_work(struct bdb *bdb, void *argument)
{
	(void)argument;
	return bdb_env_open(&bdb->env, false);
}

static int
recover_work(struct bdb *bdb, void *argument)
{
	(void)argument;
	return bdb_env_open(&bdb->env, true);
}

static int
repair_positions_work(struct bdb *bdb, void *argument)
{
	(void)bdb;
	return bdb_repair_positions(argument);
}

static int
salvage_work(struct bdb *bdb, void *argument)
{
	(void)bdb;
	return bdb_repair_contents(argument, true);
}

static int
start_anew_work(struct bdb *bdb, void *argument)
{
	(void)bdb;
	return bdb_repair_contents(argument, false);
}

static int
repair_contents(struct bdb *bdb, struct bdb_repair *repair)
{
	bool lost = bdb->lock.state->damage == BDB_LOST;
	int error;

	bdb->lock.state->damage = BDB_LOST;
	error = run(bdb, lost ? start_anew_work : salvage_work, repair);
	if (error != 0 && bdb_env_is_resource(error))
		bdb->lock.state->damage = BDB_SUSPECT;
	return error;
}

static int
recover_once(struct bdb *bdb)
{
	bdb_env_abandon(&bdb->env);
	bdb_env_remove_regions(bdb->directory.fd);
	return run(bdb, recover_work, NULL);
}

/* New regions, and all that was committed. Leaves the environment open. */
static int
recover(struct store *store, struct bdb *bdb)
{
	struct bdb_repair repair = { &bdb->env, bdb->directory.fd,
		store->options.report };
	int error = 0;

	bdb_env_abandon(&bdb->env);
	if (bdb->lock.state->damage != BDB_SOUND)
		error = repair_contents(bdb, &repair);
	if (error == 0)
		error = recover_once(bdb);
	if (error != 0 && !bdb_env_is_resource(error)) {
		bdb_env_abandon(&bdb->env);
		error = run(bdb, repair_positions_work, &repair);
		if (error == 0)
			error = recover_once(bdb);
	}
	if (error != 0 && !bdb_env_is_resource(error)) {
		bdb_env_abandon(&bdb->env);
		error = repair_contents(bdb, &repair);
		if (error == 0)
			error = recover_once(bdb);
	}
	if (error != 0)
		return error;
	bdb_state_renew(&bdb->lock, bdb->directory.fd);
	bdb->generation = bdb->lock.state->generation;
	bdb_env_forget(&bdb->env);
	return 0;
}

/*
 * Makes the environment the one that counts, and notes that we are inside.
 * *recovered: it took a recovery.
 */
static int
enter(struct store *store, struct bdb *bdb, bool *recovered)
{
	volatile struct bdb_state *state = bdb->lock.state;
	bool died = state->holder != 0;
	int error;

	state->holder = bdb->pid;
	*recovered = false;
	if (!died && bdb->env.handle != NULL &&
	    bdb->generation == state->generation)
		return 0;
	bdb_env_abandon(&bdb->env);
	if (!died && bdb_state_fits(&bdb->lock, bdb->directory.fd)) {
		bdb->generation = state->generation;
		error = run(bdb, join_work, NULL);
		if (error == 0 || bdb_env_is_resource(error))
			return error;
	}
	*recovered = true;
	return recover(store, bdb);
}

/* After a failure: the note stays, so that whoever comes next recovers. */
static enum store_result
give_up(struct store *store, struct bdb *bdb, int error)
{
	enum store_result result = store_failed(store, "%s: %s",
	    bdb->directory.path, bdb_env_text(&bdb->env, error));

	bdb_env_abandon(&bdb->env);
	return result;
}

/* Work, and where it fails against all expectation, once more after recovery.
 */
static int
work_with_recovery(
    struct store *store, struct bdb *bdb, bdb_work *work, void *argument)
{
	bool recovered;
	int error = enter(store, bdb, &recovered);

	if (error != 0)
		return error;
	error = run(bdb, work, argument);
	if (error != 0 && !recovered) {
		error = recover(store, bdb);
		if (error != 0)
			return error;
		error = run(bdb, work, argument);
	}
	if (error != 0 && !bdb_env_is_resource(error))
		bdb->lock.state->damage = BDB_SUSPECT;
	return error;
}

/* Everything but the environment, which is opened inside a unit of work. */
static enum store_result
open_files(struct store *store, struct bdb *bdb)
{
	int error;

	if (bdb->lock.fd != -1)
		return STORE_OK;
	if (bdb_directory_open(&bdb->directory, store) != STORE_OK)
		return STORE_ERROR;
	error = bdb_lock_open(&bdb->lock, bdb->directory.fd);
	if (error == 0)
		return STORE_OK;
	bdb_directory_close(&bdb->directory);
	return store_failed(
	    store, "%s/grey.lock: %s", bdb->directory.path, strerror(error));
}

static void
close_files(struct bdb *bdb)
{
	bdb_lock_close(&bdb->lock);
	bdb_directory_close(&bdb->directory);
}

static enum store_result
take_lock(struct store *store, struct bdb *bdb)
{
	int error;

	if (open_files(store, bdb) != STORE_OK)
		return STORE_ERROR;
	error = bdb_lock_take(&bdb->lock);
	if (error == ESTALE) {
		bdb_env_abandon(&bdb->env);
		close_files(bdb);
		if (open_files(store, bdb) != STORE_OK)
			return STORE_ERROR;
		error = bdb_lock_take(&bdb->lock);
	}
	if (error == 0)
		return STORE_OK;
	if (error == ETIMEDOUT)
		return store_failed(store,
		    "%s/grey.lock: process %lu has held it for %d seconds",
		    bdb->directory.path, (unsigned long)bdb->lock.state->holder,
		    BDB_LOCK_WAIT);
	return store_failed(store, "%s/grey.lock: can't lock: %s",
	    bdb->directory.path, strerror(error));
}

void
bdb_init(struct bdb *bdb, const char *path, bool sync)
{
	bdb->directory = (struct bdb_directory){ path, -1, -1 };
	bdb->lock.fd = -1;
	bdb->env.directory = path;
	bdb->env.sync = sync;
	bdb->pid = (uint32_t)getpid();
}

static void
leave(struct bdb *bdb)
{
	volatile struct bdb_state *state = bdb->lock.state;

	if (++state->units % BDB_TIDY_UNITS == 0 &&
	    bdb->tidy == BDB_TIDY_NOTHING)
		bdb->tidy = BDB_TIDY_LOOK;
	state->holder = 0;
}

enum store_result
bdb_unit(struct store *store, bdb_work *work, void *argument)
{
	struct bdb *bdb = store->state;
	enum store_result result = take_lock(store, bdb);
	int error;

	if (result != STORE_OK)
		return result;
	bdb_env_forget(&bdb->env);
	error = work_with_recovery(store, bdb, work, argument);
	if (error != 0)
		result = give_up(store, bdb, error);
	else
		leave(bdb);
	bdb_lock_drop(&bdb->lock);
	return result;
}

static int
close_work(struct bdb *bdb, void *argument)
{
	(void)argument;
	bdb_env_close(&bdb->env);
	return 0;
}

/* An environment that is no longer the one that counts is left as it is. */
void
bdb_close(struct bdb *bdb)
{
	volatile struct bdb_state *state = bdb->lock.state;

	if (bdb->env.handle != NULL && bdb_lock_take(&bdb->lock) == 0) {
		if (state->holder == 0 &&
		    bdb->generation == state->generation) {
			state->holder = bdb->pid;
			if (run(bdb, close_work, NULL) == 0)
				state->holder = 0;
		}
		bdb_lock_drop(&bdb->lock);
	}
	close_files(bdb);
}
