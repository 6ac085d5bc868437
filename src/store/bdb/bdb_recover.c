/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/statvfs.h>
#include <errno.h>
#include <signal.h>

#include "bdb_error.h"
#include "bdb_recover.h"
#include "guard.h"

/* Of processor time; more than any takes that comes to an end. */
enum { RECOVERY_SECONDS = 60 };

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

void
bdb_suspect(struct bdb *bdb)
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
	bdb_suspect(bdb);
	return DB_RUNRECOVERY;
}

int
bdb_run(struct bdb *bdb, bdb_work *work, void *argument)
{
	return run_for(bdb, work, argument, bdb->unit_seconds);
}

static int
recover_work(struct bdb *bdb, void *argument)
{
	(void)argument;
	return bdb_env_open(&bdb->env, true);
}

int
bdb_close_work(struct bdb *bdb, void *argument)
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

static struct bdb_repair
repair_of(const struct store *store, struct bdb *bdb)
{
	return (struct bdb_repair){ &bdb->env, bdb->directory.fd,
		store->options.report };
}

int
bdb_renew_positions(struct store *store, struct bdb *bdb)
{
	struct bdb_repair repair = repair_of(store, bdb);

	bdb_env_abandon(&bdb->env);
	return run_for(
	    bdb, repair_positions_work, &repair, bdb_repair_seconds(&repair));
}

bool
bdb_is_damage(int error)
{
	return error != 0 && !bdb_error_is_resource(error);
}

/*
 * A repair that fails gives way to a simpler one; one that is killed from
 * outside is begun again. What the log still holds was brought into the files
 * before, if that was possible.
 */
static int
repair_contents(struct store *store, struct bdb *bdb)
{
	struct bdb_repair repair = repair_of(store, bdb);
	volatile struct bdb_state *state = bdb->lock.state;
	int error;

	if (bdb_run(bdb, bdb_close_work, NULL) != 0)
		bdb_env_abandon(&bdb->env);
	bdb_suspect(bdb);
	for (;;) {
		error = run_for(bdb, repair_contents_work, &repair,
		    bdb_repair_seconds(&repair));
		if (!bdb_is_damage(error) || state->damage >= BDB_LOST)
			return error;
		state->damage++;
	}
}

/*
 * Logs that are no good are given up last, when the databases have been found
 * to be sound without them. Who only reads leaves repairs to those who write.
 */
static int
mend(struct store *store, struct bdb *bdb, int error)
{
	if (bdb_is_damage(error) && bdb_error_is_ahead_of_log()) {
		error = bdb_renew_positions(store, bdb);
		if (error == 0)
			error = recover_once(bdb);
	}
	if (store->options.read_only)
		return error;
	if (bdb_is_damage(error) ||
	    (error == 0 && bdb->lock.state->damage != BDB_SOUND)) {
		error = repair_contents(store, bdb);
		if (error == 0)
			error = recover_once(bdb);
	}
	if (bdb_is_damage(error)) {
		error = bdb_renew_positions(store, bdb);
		if (error == 0)
			error = recover_once(bdb);
	}
	return error;
}

/* New regions, and all that was committed. Leaves the environment open. */
int
bdb_recover(struct store *store, struct bdb *bdb)
{
	int error = mend(store, bdb, recover_once(bdb));

	if (error != 0)
		return error;
	bdb_state_renew(&bdb->lock, bdb->directory.fd);
	bdb->generation = bdb->lock.state->generation;
	bdb_error_forget();
	return 0;
}
