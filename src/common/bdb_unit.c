/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/statvfs.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "bdb_repair.h"
#include "bdb_unit.h"
#include "guard.h"

/* Of processor time; more than any of them takes that comes to an end. */
enum { UNIT_SECONDS = 3, RECOVERY_SECONDS = 60 };

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

static void
suspect(struct bdb *bdb)
{
	if (bdb->lock.state->damage == BDB_SOUND)
		bdb->lock.state->damage = BDB_SUSPECT;
}

static bool
disk_is_full(const struct bdb *bdb)
{
	struct statvfs disk;

	return fstatvfs(bdb->directory.fd, &disk) == 0 &&
	    disk.f_bavail < disk.f_blocks / 100 + 1;
}

/*
 * A bus error may mean that a mapped page had no room on the disk; else a
 * signal means that Berkeley DB fell over what it read, or never came to its
 * end.
 */
static int
run_for(struct bdb *bdb, bdb_work *work, void *argument, int seconds)
{
	struct guarded guarded = { bdb, work, argument };
	int result = 0;
	int signal_number = guard_run(call_work, &guarded, seconds, &result);

	if (signal_number == 0)
		return result;
	if (signal_number == SIGBUS && disk_is_full(bdb))
		return ENOSPC;
	suspect(bdb);
	return DB_RUNRECOVERY;
}

static int
run(struct bdb *bdb, bdb_work *work, void *argument)
{
	return run_for(bdb, work, argument, UNIT_SECONDS);
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
close_work(struct bdb *bdb, void *argument)
{
	(void)argument;
	bdb_env_close(&bdb->env);
	return 0;
}

static int
repair_positions_work(struct bdb *bdb, void *argument)
{
	(void)bdb;
	return bdb_repair_positions(argument);
}

static int
repair_contents_work(struct bdb *bdb, void *argument)
{
	return bdb_repair_contents(
	    argument, (enum bdb_damage)bdb->lock.state->damage);
}

static int
recover_once(struct bdb *bdb)
{
	bdb_env_abandon(&bdb->env);
	bdb_env_remove_regions(bdb->directory.fd);
	return run_for(bdb, recover_work, NULL, RECOVERY_SECONDS);
}

static int
repair_positions(struct store *store, struct bdb *bdb)
{
	struct bdb_repair repair = { &bdb->env, bdb->directory.fd,
		store->options.report };

	bdb_env_abandon(&bdb->env);
	return run_for(
	    bdb, repair_positions_work, &repair, bdb_repair_seconds(&repair));
}

static bool
is_damage(int error)
{
	return error != 0 && !bdb_env_is_resource(error);
}

/*
 * A repair that fails gives way to a simpler one; one that is killed from
 * outside is begun again. What the log still holds was brought into the files
 * before, if that was possible.
 */
static int
repair_contents(struct store *store, struct bdb *bdb)
{
	struct bdb_repair repair = { &bdb->env, bdb->directory.fd,
		store->options.report };
	volatile struct bdb_state *state = bdb->lock.state;
	int error;

	if (run(bdb, close_work, NULL) != 0)
		bdb_env_abandon(&bdb->env);
	suspect(bdb);
	for (;;) {
		error = run_for(bdb, repair_contents_work, &repair,
		    bdb_repair_seconds(&repair));
		if (!is_damage(error) || state->damage >= BDB_LOST)
			return error;
		state->damage++;
	}
}

/*
 * Logs that are no good are given up last, when the databases have been found
 * to be sound without them.
 */
static int
mend(struct store *store, struct bdb *bdb, int error)
{
	if (is_damage(error) && bdb_env_lacks_log(&bdb->env)) {
		error = repair_positions(store, bdb);
		if (error == 0)
			error = recover_once(bdb);
	}
	if (is_damage(error) ||
	    (error == 0 && bdb->lock.state->damage != BDB_SOUND)) {
		error = repair_contents(store, bdb);
		if (error == 0)
			error = recover_once(bdb);
	}
	if (is_damage(error)) {
		error = repair_positions(store, bdb);
		if (error == 0)
			error = recover_once(bdb);
	}
	return error;
}

/* New regions, and all that was committed. Leaves the environment open. */
static int
recover(struct store *store, struct bdb *bdb)
{
	int error = mend(store, bdb, recover_once(bdb));

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
	bool died = !bdb_state_check(&bdb->lock) || state->holder != 0;
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
	char text[STORE_REASON_MAX];
	enum store_result result;

	bdb_env_describe(&bdb->env, error, text, sizeof(text));
	result = store_failed(store, "%s", text);

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
	if (is_damage(error) && bdb_env_lacks_log(&bdb->env)) {
		error = repair_positions(store, bdb);
		if (error == 0)
			error = recover(store, bdb);
		if (error == 0)
			error = run(bdb, work, argument);
	}
	if (is_damage(error))
		suspect(bdb);
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
lock_is_held(struct store *store, const struct bdb *bdb)
{
	unsigned long holder = bdb->lock.state->holder;

	if (holder == 0)
		return store_failed(store,
		    "%s/grey.lock: another program has held it for %d seconds",
		    bdb->directory.path, BDB_LOCK_WAIT);
	return store_failed(store,
	    "%s/grey.lock: process %lu has held it for %d seconds",
	    bdb->directory.path, holder, BDB_LOCK_WAIT);
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
		return lock_is_held(store, bdb);
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
