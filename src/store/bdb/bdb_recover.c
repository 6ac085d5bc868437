/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>

#include "bdb_cache.h"
#include "bdb_calls.h"
#include "bdb_error.h"
#include "bdb_extent.h"
#include "bdb_format.h"
#include "bdb_guarded.h"
#include "bdb_identity.h"
#include "bdb_log_health.h"
#include "bdb_recover.h"
#include "bdb_repair.h"

/* Processor time: more than any recovery takes that comes to an end. */
enum { RECOVERY_TENTHS = 600 };

static int
open_work(struct bdb *bdb, void *argument)
{
	(void)argument;
	bdb->env.cache = bdb_cache_wanted(bdb);
	return bdb_env_open(&bdb->env, true);
}

/*
 * Of a store that may be sound nothing is changed after a call of the system
 * has failed; it also decides what comes out, whatever Berkeley DB made of it.
 */
static int
run_strictly(struct bdb *bdb, bdb_work *work, int tenths)
{
	int error;

	bdb_error_forget();
	bdb_calls_be_strict(true);
	error = bdb_guarded_for(bdb, work, NULL, tenths);
	bdb_calls_be_strict(false);
	return bdb_error_settle(error);
}

static int
recover_from_log(struct bdb *bdb)
{
	int error;

	bdb_env_abandon(&bdb->env);
	error = bdb_env_remove_regions(bdb->directory.fd);
	if (error == 0)
		return run_strictly(bdb, open_work, RECOVERY_TENTHS);
	bdb_error_forget();
	return bdb_calls_note(error, NULL);
}

static int
reset_positions(struct bdb *bdb)
{
	bdb_env_abandon(&bdb->env);
	return run_strictly(
	    bdb, bdb_repair_positions, bdb_repair_tenths(&bdb->directory));
}

/*
 * A repair that fails gives way to a simpler one; one that is killed from
 * outside is begun again. What the log still holds was brought into the files
 * before, if that was possible.
 */
static int
repair_contents(struct bdb *bdb)
{
	volatile struct bdb_state *state = bdb->lock.state;
	int error;

	if (!bdb_guarded_close(bdb))
		bdb_env_abandon(&bdb->env);
	bdb_suspect(bdb);
	for (;;) {
		error = run_strictly(bdb, bdb_repair_contents,
		    bdb_repair_tenths(&bdb->directory));
		if (!bdb_error_is_damage(error) || state->damage >= BDB_LOST)
			return error;
		state->damage++;
	}
}

/*
 * Before a recovery changes anything: it would pass over in silence what is
 * missing, and go no further in the log than to where that is damaged.
 */
static int
look_at_files(struct bdb *bdb, bool *cut, bool *foreign)
{
	struct bdb_log_health health;
	int error = bdb_calls_note(
	    bdb_log_examine(bdb->directory.fd, &health), NULL);

	if (error == 0)
		error = bdb_extent_keep(bdb->directory.fd, &health, cut);
	if (error != 0)
		return error;
	bdb->log_damaged = health.damaged;
	bdb->log_unreadable = health.unreadable;
	for (int i = 0; i < STORE_TABLES && health.damaged; i++)
		bdb->condemned[i] = true;
	if (health.damaged && bdb->options->read_only)
		return bdb_error_refuse("the logs are damaged; the next "
					"program that writes repairs it, such "
					"as grey-expire");
	if (*cut || health.damaged)
		bdb_suspect(bdb);
	*foreign = false;
	return *cut || health.damaged ?
	    0 :
	    bdb_identity_check(bdb, &health, foreign);
}

/*
 * Logs that are no good are given up last, when the databases have been found
 * to be sound without them. Who only reads leaves repairs to those who write.
 */
static int
mend(struct bdb *bdb)
{
	bool cut, foreign;
	int error = look_at_files(bdb, &cut, &foreign);

	if (error != 0)
		return error;
	error = bdb->log_damaged ? DB_RUNRECOVERY : recover_from_log(bdb);
	if ((!cut && bdb_error_is_damage(error) &&
		bdb_error_is_ahead_of_log()) ||
	    (error == 0 && foreign && !bdb->options->read_only)) {
		error = reset_positions(bdb);
		if (error == 0)
			error = recover_from_log(bdb);
	}
	if (bdb->options->read_only && error != 0)
		return error;
	if (bdb_error_is_damage(error) ||
	    (error == 0 && bdb->lock.state->damage != BDB_SOUND)) {
		error = repair_contents(bdb);
		if (error == 0)
			error = recover_from_log(bdb);
	}
	if (bdb_error_is_damage(error)) {
		error = reset_positions(bdb);
		if (error == 0)
			error = recover_from_log(bdb);
	}
	return error;
}

static int
recover(struct bdb *bdb)
{
	int error = bdb_format_check(bdb->directory.fd);

	if (error == 0)
		error = mend(bdb);
	if (error != 0)
		return error;
	bdb_state_renew(&bdb->lock, bdb->directory.fd);
	bdb->generation = bdb->lock.state->generation;
	bdb_error_forget();
	return 0;
}

int
bdb_recover(struct bdb *bdb)
{
	int error;

	bdb_error_forget();
	error = bdb_calls_note(bdb_lock_claim(&bdb->lock), NULL);
	if (error != 0)
		return error;
	error = recover(bdb);
	bdb_lock_unclaim(&bdb->lock);
	return error;
}

int
bdb_recover_positions(struct bdb *bdb)
{
	int error = bdb_calls_note(bdb_lock_claim(&bdb->lock), NULL);

	if (error != 0)
		return error;
	error = reset_positions(bdb);
	if (error == 0)
		error = recover(bdb);
	bdb_lock_unclaim(&bdb->lock);
	return error;
}
