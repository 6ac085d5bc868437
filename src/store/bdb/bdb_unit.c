/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fnmatch.h>
#include <time.h>
#include <unistd.h>

#include "bdb_cache.h"
#include "bdb_entry.h"
#include "bdb_error.h"
#include "bdb_guarded.h"
#include "bdb_recover.h"
#include "bdb_unit.h"
#include "common/monotonic.h"
#include "store/shared/store_stops.h"

/* For who is inside by a grey.lock that was there before. */
enum { LAST_UNIT_NANOSECONDS = 50000000 };

/* Work is begun anew as often, when grey.lock goes while it is done. */
enum { LOCKS_MAX = 8 };

static int
join_work(struct bdb *bdb, void *argument)
{
	(void)argument;
	bdb->env.cache = bdb_cache_wanted(bdb);
	return bdb_env_open(&bdb->env, false);
}

static int
is_in_use(int directory_fd, const char *name, void *argument)
{
	(void)directory_fd;
	(void)argument;
	return fnmatch(BDB_ENV_LOGS, name, 0) == 0 ||
	    fnmatch(BDB_ENV_REGIONS, name, 0) == 0;
}

/*
 * The state was made anew: grey.lock was, or somebody wrote into it. Of a file
 * that was deleted or renamed another process may still hold the lock, and end
 * its unit of work in the logs that we are about to read. It begins no other
 * one, as it is told that the file has gone; and what takes long has the claim.
 */
static void
let_others_end(const struct bdb *bdb)
{
	const struct timespec pause = { 0, LAST_UNIT_NANOSECONDS };

	if (store_directory_each(bdb->directory.fd, is_in_use, NULL) != 0)
		nanosleep(&pause, NULL);
}

/*
 * Makes the environment the one that counts, and notes that we are inside.
 * *recovered: it took a recovery.
 */
static int
enter(struct bdb *bdb, bool *recovered)
{
	volatile struct bdb_state *state = bdb->lock.state;
	bool is_new = !bdb_state_check(&bdb->lock);
	bool died = is_new || state->holder != 0;
	int error;

	state->holder = bdb->pid;
	if (is_new)
		let_others_end(bdb);
	*recovered = false;
	if (!died && bdb->env.handle != NULL &&
	    bdb->generation == state->generation)
		return 0;
	bdb_env_abandon(&bdb->env);
	if (!died && bdb_state_fits(&bdb->lock, bdb->directory.fd)) {
		bdb->generation = state->generation;
		error = bdb_guarded_joining(bdb, join_work);
		if (error == 0 || bdb_error_is_resource(error))
			return error;
	}
	*recovered = true;
	return bdb_recover(bdb);
}

/* It takes seconds, so that who has to answer leaves it to the next one. */
static int
repair_and_work(struct bdb *bdb, bdb_work *work, void *argument, int error)
{
	bdb_suspect(bdb);
	if (!bdb->options->background || bdb->options->read_only)
		return error;
	error = bdb_recover(bdb);
	if (error == 0)
		error = bdb_guarded(bdb, work, argument);
	if (bdb_error_is_damage(error))
		bdb_suspect(bdb);
	return error;
}

/* Does the work, and once more after a recovery if it fails unexpectedly. */
static int
work_with_recovery(struct bdb *bdb, bdb_work *work, void *argument)
{
	bool recovered;
	int error = enter(bdb, &recovered);

	if (error != 0)
		return error;
	error = bdb_guarded(bdb, work, argument);
	if (error != 0 && !recovered) {
		error = bdb_recover(bdb);
		if (error != 0)
			return error;
		error = bdb_guarded(bdb, work, argument);
	}
	if (bdb_error_is_damage(error) && bdb_error_is_ahead_of_log()) {
		error = bdb_recover_positions(bdb);
		if (error == 0)
			error = bdb_guarded(bdb, work, argument);
	}
	return bdb_error_is_damage(error) ?
	    repair_and_work(bdb, work, argument, error) :
	    error;
}

void
bdb_init(struct bdb *bdb, const char *path, const struct store_options *options)
{
	bdb->options = options;
	bdb->directory = (struct bdb_directory){ path, -1, -1 };
	bdb->lock.page.fd = -1;
	bdb->env.directory = bdb->disk.place = path;
	bdb->env.sync = options->sync;
	bdb->env.read_only = options->read_only;
	bdb->pid = (uint32_t)getpid();
	bdb->unit_tenths = BDB_UNIT_TENTHS;
	bdb_unit_use_as(bdb, options->use);
}

void
bdb_unit_use_as(struct bdb *bdb, struct bytes text)
{
	store_uses_begin(&bdb->use, BDB_LAYOUT,
	    bdb->options->read_only ? (struct bytes){ NULL, 0 } : text);
}

/* Who only reads leaves checkpoints to those who write. */
static void
leave(struct store *store, struct bdb *bdb)
{
	volatile struct bdb_state *state = bdb->lock.state;

	/* time(2) is answered without a call of the system. */
	if (bdb->use.len > 0)
		store_uses_serve(
		    store_page_uses(&bdb->lock.page), &bdb->use, time(NULL));
	if (!store->options.read_only &&
	    ++state->units % BDB_CHECKPOINT_UNITS == 0 &&
	    bdb->step == BDB_STEP_NONE)
		bdb->step = BDB_STEP_LOOK;
	state->stuck.since = 0;
	state->holder = 0;
}

/* ESTALE: grey.lock has gone, and there is another one, maybe. */
static int
work_or_fail(
    struct store *store, struct bdb *bdb, bdb_work *work, void *argument)
{
	int error;

	bdb_error_forget();
	error = work_with_recovery(bdb, work, argument);
	if (error == 0)
		leave(store, bdb);
	else {
		/* The note stays, so that whoever comes next recovers. */
		bdb_error_describe(bdb->directory.path, error, store->reason,
		    sizeof(store->reason));
		bdb_env_abandon(&bdb->env);
	}
	bdb->manners.units_seen = bdb->lock.state->units;
	return error;
}

static enum store_result
locked_unit(struct store *store, bdb_work *work, void *argument)
{
	struct bdb *bdb = store->state;
	int64_t begun, held;
	int error = ESTALE;

	for (int i = 0; i < LOCKS_MAX && error == ESTALE; i++) {
		if (bdb_entry_take(store, bdb) != STORE_OK)
			return STORE_ERROR;
		begun = store->options.measured ? monotonic_nanoseconds() : 0;
		error = work_or_fail(store, bdb, work, argument);
		held = store->options.measured ?
		    monotonic_nanoseconds() - begun :
		    0;
		bdb_lock_drop(&bdb->lock);
		if (held > store->longest_hold)
			store->longest_hold = held;
	}
	return error == 0 ? STORE_OK : STORE_ERROR;
}

/* While it holds the lock no signal of job control stops it. */
static enum store_result
unstopped_unit(struct store *store, bdb_work *work, void *argument)
{
	enum store_result result;

	store_stops_hold();
	result = locked_unit(store, work, argument);
	store_stops_release();
	return result;
}

/* Who is ended in the background must not leave a recovery to the next one. */
enum store_result
bdb_unit(struct store *store, bdb_work *work, void *argument)
{
	struct bdb *bdb = store->state;
	enum store_result result;
	sigset_t before;

	if (!store->options.background)
		return unstopped_unit(store, work, argument);
	if (bdb->lock.page.fd != -1)
		store_give_way(&bdb->manners, bdb->lock.state->units,
		    &bdb->lock.state->wanted);
	store_ends_hold(&before);
	result = unstopped_unit(store, work, argument);
	store_ends_release(&before);
	return result;
}

/* An environment that no longer counts is left as it is. */
void
bdb_close(struct store *store)
{
	struct bdb *bdb = store->state;
	volatile struct bdb_state *state = bdb->lock.state;

	store_stops_hold();
	if (bdb->env.handle != NULL && bdb_entry_take_again(store, bdb)) {
		if (state->holder == 0 &&
		    bdb->generation == state->generation) {
			state->holder = bdb->pid;
			if (bdb_guarded_close(bdb))
				state->holder = 0;
		}
		bdb_lock_drop(&bdb->lock);
	}
	store_stops_release();
	bdb_entry_close(bdb);
}

bool
bdb_unit_lacks_all(struct store *store)
{
	const struct bdb *bdb = store->state;

	return store->options.read_only &&
	    bdb_directory_lacks(&bdb->directory, STORE_TRIPLETS) &&
	    bdb_directory_lacks(&bdb->directory, STORE_CLIENTS);
}

bool
bdb_unit_lacks_table(struct store *store, enum store_table table)
{
	const struct bdb *bdb = store->state;

	if (!store->options.read_only ||
	    !bdb_directory_lacks(&bdb->directory, table))
		return false;
	(void)store_failed(store, "%s: there is no greylist, no %s",
	    bdb->directory.path, bdb_files[table]);
	return true;
}

enum store_result
bdb_unit_no_memory(struct store *store)
{
	const struct bdb *bdb = store->state;

	return store_failed(
	    store, "%s: %s", bdb->directory.path, strerror(ENOMEM));
}
