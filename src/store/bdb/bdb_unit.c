/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "bdb_calls.h"
#include "bdb_error.h"
#include "bdb_guarded.h"
#include "bdb_holder.h"
#include "bdb_recover.h"
#include "bdb_unit.h"
#include "common/defaults.h"
#include "common/monotonic.h"
#include "store/shared/store_access.h"
#include "store/shared/store_stops.h"

/* Measured: with longer or fewer pauses checks wait longer. */
enum { PAUSE_NANOSECONDS = 2000000, PAUSES = 16, PATIENCE_MILLISECONDS = 1500 };

static int
join_work(struct bdb *bdb, void *argument)
{
	(void)argument;
	return bdb_env_open(&bdb->env, false);
}

/*
 * Makes the environment the one that counts, and notes that we are inside.
 * *recovered: it took a recovery.
 */
static int
enter(struct bdb *bdb, bool *recovered)
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
		error = bdb_guarded(bdb, join_work, NULL);
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

/* Everything but the environment, which is opened inside a unit of work. */
enum store_result
bdb_unit_open_files(struct store *store, struct bdb *bdb)
{
	const char *distrust = NULL;
	int error;

	if (bdb->lock.page.fd != -1)
		return STORE_OK;
	if (bdb_directory_open(&bdb->directory, store) != STORE_OK)
		return STORE_ERROR;
	error = bdb_lock_open(&bdb->lock, bdb->directory.fd, &distrust);
	if (error == 0) {
		bdb_calls_in_directory(bdb->directory.path, bdb->directory.fd);
		return STORE_OK;
	}
	bdb_directory_close(&bdb->directory);
	if (distrust != NULL)
		return store_failed(store, "%s/grey.lock: %s; move it away",
		    bdb->directory.path, distrust);
	return store_failed(store, "%s/grey.lock: %s%s", bdb->directory.path,
	    strerror(error), store_access_cure(bdb->directory.path, error));
}

static void
close_files(struct bdb *bdb)
{
	bdb_calls_in_directory(bdb->directory.path, -1);
	bdb_lock_close(&bdb->lock);
	bdb_directory_close(&bdb->directory);
}

/* Nothing may be changed, nor closed in order, in a store that is not known. */
static bool
is_newer(const struct bdb *bdb)
{
	return store_uses_layout(store_page_uses(&bdb->lock.page)) > BDB_LAYOUT;
}

static enum store_result
refuse_newer(struct store *store, struct bdb *bdb)
{
	unsigned layout = store_uses_layout(store_page_uses(&bdb->lock.page));

	bdb_lock_drop(&bdb->lock);
	return store_failed(store,
	    "%s: a newer version of the grey tools keeps this store, in layout "
	    "%u; this program, grey tools " GREY_VERSION
	    ", knows layout %u: use the newer version's programs on it",
	    bdb->directory.path, layout, (unsigned)BDB_LAYOUT);
}

/* An answer is wanted within two seconds, whatever is the matter. */
static int
patience_of(const struct bdb *bdb)
{
	return bdb->options->background ? BDB_LOCK_WAIT * 1000 :
					  PATIENCE_MILLISECONDS;
}

static enum store_result
take_lock(struct store *store, struct bdb *bdb)
{
	int error;

	if (bdb_unit_open_files(store, bdb) != STORE_OK)
		return STORE_ERROR;
	error = bdb_lock_take(&bdb->lock, patience_of(bdb));
	if (error == ESTALE) {
		bdb_env_abandon(&bdb->env);
		close_files(bdb);
		if (bdb_unit_open_files(store, bdb) != STORE_OK)
			return STORE_ERROR;
		error = bdb_lock_take(&bdb->lock, patience_of(bdb));
	}
	if (error == 0)
		return is_newer(bdb) ? refuse_newer(store, bdb) : STORE_OK;
	if (error != ETIMEDOUT)
		return store_failed(store, "%s/grey.lock: can't lock: %s",
		    bdb->directory.path, strerror(error));
	return bdb_held_by_another(store, bdb);
}

void
bdb_init(struct bdb *bdb, const char *path, const struct store_options *options)
{
	bdb->options = options;
	bdb->directory = (struct bdb_directory){ path, -1, -1 };
	bdb->lock.page.fd = -1;
	bdb->env.directory = path;
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
	state->stuck_since = 0;
	state->holder = 0;
}

/*
 * flock(2) is not fair: who lets go and takes it again at once gets it, while
 * others wait for many times as long as any one unit takes. Others show by what
 * they have done, or that they had to wait.
 */
static void
give_way(struct bdb *bdb)
{
	const struct timespec pause = { 0, PAUSE_NANOSECONDS };
	volatile struct bdb_state *state = bdb->lock.state;

	if (bdb->lock.page.fd == -1)
		return;
	if (state->wanted != 0 || state->units != bdb->units_seen)
		bdb->pauses = PAUSES;
	state->wanted = 0;
	if (bdb->pauses == 0)
		return;
	bdb->pauses--;
	nanosleep(&pause, NULL);
}

/* While it holds the lock no signal of job control stops it. */
static enum store_result
locked_unit(struct store *store, bdb_work *work, void *argument)
{
	struct bdb *bdb = store->state;
	enum store_result result;
	int64_t begun, held;
	int error;

	store_stops_hold();
	result = take_lock(store, bdb);
	if (result != STORE_OK) {
		store_stops_release();
		return result;
	}
	begun = store->options.measured ? monotonic_nanoseconds() : 0;
	bdb_error_forget();
	error = work_with_recovery(bdb, work, argument);
	if (error == 0)
		leave(store, bdb);
	else {
		/* The note stays, so that whoever comes next recovers. */
		bdb_error_describe(bdb->directory.path, error, store->reason,
		    sizeof(store->reason));
		bdb_env_abandon(&bdb->env);
		result = STORE_ERROR;
	}
	bdb->units_seen = bdb->lock.state->units;
	held = store->options.measured ? monotonic_nanoseconds() - begun : 0;
	bdb_lock_drop(&bdb->lock);
	store_stops_release();
	if (held > store->longest_hold)
		store->longest_hold = held;
	return result;
}

/*
 * A program in the background that is ended from a terminal must not leave a
 * recovery to the next one: such signals wait until the unit is done.
 */
enum store_result
bdb_unit(struct store *store, bdb_work *work, void *argument)
{
	enum store_result result;
	sigset_t held, before;

	if (!store->options.background)
		return locked_unit(store, work, argument);
	give_way(store->state);
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, &before);
	result = locked_unit(store, work, argument);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return result;
}

/* An environment that no longer counts is left as it is. */
void
bdb_close(struct bdb *bdb)
{
	volatile struct bdb_state *state = bdb->lock.state;

	store_stops_hold();
	if (bdb->env.handle != NULL &&
	    bdb_lock_take(&bdb->lock, patience_of(bdb)) == 0) {
		if (!is_newer(bdb) && state->holder == 0 &&
		    bdb->generation == state->generation) {
			state->holder = bdb->pid;
			if (bdb_guarded_close(bdb))
				state->holder = 0;
		}
		bdb_lock_drop(&bdb->lock);
	}
	store_stops_release();
	close_files(bdb);
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
