/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/defaults.h"
#include "common/monotonic.h"
#include "lmdb_error.h"
#include "lmdb_file.h"
#include "lmdb_unit.h"
#include "store/shared/store_directory.h"
#include "store/shared/store_holder.h"
#include "store/shared/store_stops.h"

/* Measured: with longer or fewer pauses checks wait longer. */
enum { PAUSE_NANOSECONDS = 2000000, PAUSES = 16, PATIENCE_MILLISECONDS = 1500 };

/* Seconds. */
enum { BETWEEN_READER_CHECKS = 10 };

/* So often a map may turn out to be too small for one unit of work. */
enum { GROWTHS_MAX = 64 };

/* Tenths of a second of the processor's time: then a page leads to itself. */
enum { UNIT_TENTHS = 8, LONG_TENTHS = 36000 };

struct unit {
	struct lmdb *lmdb;
	lmdb_work *first; /* NULL, or as in lmdb_unit_read_from() */
	lmdb_work *work;
	void *argument;
	bool write;
	MDB_txn *txn;
};

static void
close_files(struct lmdb *lmdb)
{
	lmdb_lock_close(&lmdb->lock);
	if (lmdb->fd != -1)
		close(lmdb->fd);
	lmdb->fd = -1;
}

enum store_result
lmdb_unit_open_files(struct store *store)
{
	static const struct store_directory_use use = { "store",
		"--store=lmdb:" };
	struct lmdb *lmdb = store->state;
	const char *distrust = NULL;
	int error;

	if (lmdb->fd != -1)
		return STORE_OK;
	lmdb->fd = store_directory_open(store, lmdb->path, &use);
	if (lmdb->fd == -1)
		return STORE_ERROR;
	error = lmdb_lock_open(&lmdb->lock, lmdb->fd, &distrust);
	if (error == 0)
		return STORE_OK;
	close_files(lmdb);
	if (error == ETIMEDOUT)
		return store_failed(store,
		    "%s/grey.state: another process that opens it is stuck",
		    lmdb->path);
	return store_directory_failed(
	    store, lmdb->path, "grey.state", error, distrust);
}

/* An answer is wanted within two seconds, whatever is the matter. */
static int
take(struct lmdb *lmdb)
{
	return lmdb_lock_take(&lmdb->lock, lmdb->pid,
	    lmdb->options->background ? LMDB_LOCK_WAIT * 1000 :
					PATIENCE_MILLISECONDS);
}

/* What all have open is no longer there, or makes no sense: begin anew. */
static enum store_result
open_anew(struct store *store, bool spoilt)
{
	struct lmdb *lmdb = store->state;

	lmdb_file_close(lmdb);
	if (spoilt)
		(void)unlinkat(lmdb->fd, "grey.state", 0);
	close_files(lmdb);
	return lmdb_unit_open_files(store);
}

static enum store_result
refuse_newer(struct store *store, unsigned layout)
{
	struct lmdb *lmdb = store->state;

	lmdb_lock_drop(&lmdb->lock);
	return store_failed(store,
	    "%s: a newer version of the grey tools keeps this store, in layout "
	    "%u; this program, grey tools " GREY_VERSION
	    ", knows layout %u: use the newer version's programs on it",
	    lmdb->path, layout, (unsigned)LMDB_LAYOUT);
}

static enum store_result
take_lock(struct store *store)
{
	struct lmdb *lmdb = store->state;
	const volatile struct lmdb_state *state;
	uint32_t layout;
	int error;

	if (lmdb_unit_open_files(store) != STORE_OK)
		return STORE_ERROR;
	error = take(lmdb);
	if (error == ESTALE) {
		if (open_anew(store, true) != STORE_OK)
			return STORE_ERROR;
		error = take(lmdb);
	}
	state = lmdb->lock.state;
	if (error == ETIMEDOUT)
		return store_held_by(store, lmdb->path, "grey.state",
		    state->holder, state->stuck_since);
	if (error != 0)
		return store_failed(store, "%s/grey.state: can't lock: %s",
		    lmdb->path, strerror(error));
	layout = store_uses_layout(store_page_uses(&lmdb->lock.page));
	return layout > LMDB_LAYOUT ? refuse_newer(store, layout) : STORE_OK;
}

static bool
is_deleted(const struct lmdb *lmdb)
{
	struct stat status;

	return fstat(lmdb->lock.page.fd, &status) == -1 || status.st_nlink == 0;
}

/* Once a second: are the files still there, and the readers alive? */
static enum store_result
look_around(struct store *store, int64_t now)
{
	struct lmdb *lmdb = store->state;
	volatile struct lmdb_state *state = lmdb->lock.state;
	int dead;

	lmdb->next_look = now + 1;
	if (is_deleted(lmdb)) {
		lmdb_lock_drop(&lmdb->lock);
		if (open_anew(store, false) != STORE_OK)
			return STORE_ERROR;
		return take_lock(store);
	}
	if (lmdb_file_is_gone(lmdb))
		lmdb_file_close(lmdb);
	else if (lmdb->env.handle != NULL &&
	    (now < state->readers_checked ||
		now - state->readers_checked >= BETWEEN_READER_CHECKS)) {
		state->readers_checked = now;
		(void)mdb_reader_check(lmdb->env.handle, &dead);
	}
	return STORE_OK;
}

/* Makes the handles those that count. */
static int
enter(struct lmdb *lmdb)
{
	const volatile struct lmdb_state *state = lmdb->lock.state;
	int error = 0;

	if (lmdb->env.handle != NULL && state->damage == 0 &&
	    lmdb->generation == state->generation)
		return 0;
	lmdb_file_close(lmdb);
	error = lmdb_file_open(lmdb);
	lmdb->generation = state->generation;
	return error;
}

static int
work_in(void *argument)
{
	struct unit *unit = argument;
	int error = unit->txn != NULL ?
	    0 :
	    lmdb_env_begin(&unit->lmdb->env, unit->write, &unit->txn);

	if (error != 0)
		return error;
	error = unit->work(unit->lmdb, unit->txn, unit->argument);
	if (!unit->write)
		lmdb_env_end_reader(&unit->lmdb->env);
	else if (error == 0)
		return mdb_txn_commit(unit->txn);
	else
		mdb_txn_abort(unit->txn);
	return error;
}

static int
grow(void *argument)
{
	struct lmdb *lmdb = argument;
	int dead = 0;

	if (mdb_reader_check(lmdb->env.handle, &dead) == 0 && dead > 0)
		return 0;
	return lmdb_env_grow(&lmdb->env);
}

static int
write_work(struct unit *unit)
{
	int error = 0;

	for (int i = 0; i < GROWTHS_MAX; i++) {
		unit->txn = NULL;
		error = lmdb_file_guarded(work_in, unit);
		if (error != MDB_MAP_FULL)
			return error;
		error = lmdb_file_guarded(grow, unit->lmdb);
		if (error != 0)
			return error;
	}
	return error;
}

static int
begin_reading(void *argument)
{
	struct unit *unit = argument;
	int error = lmdb_env_begin(&unit->lmdb->env, false, &unit->txn);

	if (error == 0 && unit->first != NULL)
		error = unit->first(unit->lmdb, unit->txn, unit->argument);
	return error;
}

/* Handles after an error: LMDB may have marked them as unusable. */
static void
give_up(struct lmdb *lmdb, int error)
{
	if (error == LMDB_ERROR_CRASHED)
		lmdb_env_abandon(&lmdb->env);
	else if (error != 0)
		lmdb_file_close(lmdb);
	if (lmdb_error_is_damage(error))
		lmdb->lock.state->damage = 1;
}

/* With the lock held. It takes seconds to repair what is damaged, so that who
   has to answer leaves it to the next one. */
static int
work_with_repair(struct unit *unit)
{
	struct lmdb *lmdb = unit->lmdb;
	int error = enter(lmdb);

	if (error != 0)
		return error;
	error = unit->write ? write_work(unit) :
			      lmdb_file_guarded(begin_reading, unit);
	if (!lmdb_error_is_damage(error))
		return error;
	give_up(lmdb, error);
	if (!lmdb->options->background || lmdb->options->read_only)
		return error;
	error = enter(lmdb);
	if (error == 0)
		error = unit->write ? write_work(unit) :
				      lmdb_file_guarded(begin_reading, unit);
	return error;
}

static void
leave(struct lmdb *lmdb, int64_t now)
{
	volatile struct lmdb_state *state = lmdb->lock.state;

	store_uses_serve(store_page_uses(&lmdb->lock.page), &lmdb->use, now);
	lmdb->units_seen = ++state->units;
}

static enum store_result
failed(struct store *store, int error)
{
	const struct lmdb *lmdb = store->state;

	lmdb_error_describe(
	    lmdb->path, lmdb->fd, error, store->reason, sizeof(store->reason));
	return STORE_ERROR;
}

static void
note_hold(struct store *store, int64_t begun)
{
	int64_t held = begun == 0 ? 0 : monotonic_nanoseconds() - begun;

	if (held > store->longest_hold)
		store->longest_hold = held;
}

/* Handles are closed under the lock only, in the next unit. */
static int
read_work(struct unit *unit)
{
	struct lmdb *lmdb = unit->lmdb;
	int error = lmdb_file_guarded_for(
	    work_in, unit, unit->first == NULL ? UNIT_TENTHS : LONG_TENTHS);

	if (error == LMDB_ERROR_CRASHED)
		lmdb_env_abandon(&lmdb->env);
	else if (error != 0)
		lmdb->generation = ~lmdb->lock.state->generation;
	if (lmdb_error_is_damage(error))
		lmdb->lock.state->damage = 1;
	return error;
}

static enum store_result
locked_unit(struct store *store, struct unit *unit)
{
	struct lmdb *lmdb = store->state;
	enum store_result result = take_lock(store);
	int64_t begun = store->options.measured ? monotonic_nanoseconds() : 0;
	/* time(2) is answered without a call of the system. */
	int64_t now = time(NULL);
	int error;

	if (result == STORE_OK &&
	    (now >= lmdb->next_look || now < lmdb->next_look - 1))
		result = look_around(store, now);
	if (result != STORE_OK)
		return result;
	error = work_with_repair(unit);
	give_up(lmdb, error);
	if (error == 0)
		leave(lmdb, now);
	lmdb_lock_drop(&lmdb->lock);
	note_hold(store, begun);
	if (error == 0 && !unit->write)
		error = read_work(unit);
	return error == 0 ? STORE_OK : failed(store, error);
}

/* While it holds the lock, or pages, no signal of job control stops it. */
static enum store_result
do_unit(struct store *store, struct unit unit)
{
	enum store_result result;

	store_stops_hold();
	result = locked_unit(store, &unit);
	store_stops_release();
	return result;
}

enum store_result
lmdb_unit_read(struct store *store, lmdb_work *work, void *argument)
{
	return lmdb_unit_read_from(store, NULL, work, argument);
}

enum store_result
lmdb_unit_read_from(
    struct store *store, lmdb_work *first, lmdb_work *work, void *argument)
{
	return do_unit(store,
	    (struct unit){ .lmdb = store->state,
		.first = first,
		.work = work,
		.argument = argument });
}

/*
 * A mutex is not fair: who lets go and takes it again at once gets it. Others
 * show by what they have done, or that they had to wait.
 */
static void
give_way(struct lmdb *lmdb)
{
	const struct timespec pause = { 0, PAUSE_NANOSECONDS };
	volatile struct lmdb_state *state = lmdb->lock.state;

	if (lmdb->fd == -1)
		return;
	if (state->wanted != 0 || state->units != lmdb->units_seen)
		lmdb->pauses = PAUSES;
	state->wanted = 0;
	if (lmdb->pauses == 0)
		return;
	lmdb->pauses--;
	nanosleep(&pause, NULL);
}

/* In the background: ended from a terminal, it ends between two units. */
enum store_result
lmdb_unit_write(struct store *store, lmdb_work *work, void *argument)
{
	const struct unit unit = { .lmdb = store->state,
		.work = work,
		.argument = argument,
		.write = true };
	enum store_result result;
	sigset_t held, before;

	if (!store->options.background)
		return do_unit(store, unit);
	give_way(store->state);
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, &before);
	result = do_unit(store, unit);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return result;
}

enum store_result
lmdb_unit_alone(struct store *store, int (*work)(struct lmdb *))
{
	struct lmdb *lmdb = store->state;
	enum store_result result;
	int64_t begun;
	int error;

	store_stops_hold();
	result = take_lock(store);
	if (result == STORE_OK) {
		begun = store->options.measured ? monotonic_nanoseconds() : 0;
		error = enter(lmdb);
		lmdb_file_close(lmdb);
		if (error == 0)
			error = work(lmdb);
		give_up(lmdb, error);
		lmdb_lock_drop(&lmdb->lock);
		note_hold(store, begun);
		if (error != 0)
			result = failed(store, error);
	}
	store_stops_release();
	return result;
}

/* The handles go under the lock, too: some LMDB destroys its mutex then. */
void
lmdb_unit_close(struct lmdb *lmdb)
{
	store_stops_hold();
	if (lmdb->env.handle != NULL && take(lmdb) == 0) {
		lmdb_file_close(lmdb);
		lmdb_lock_drop(&lmdb->lock);
	}
	store_stops_release();
	close_files(lmdb);
}

bool
lmdb_unit_lacks_all(const struct store *store)
{
	const struct lmdb *lmdb = store->state;
	char path[PATH_MAX];
	struct stat status;

	snprintf(path, sizeof(path), "%s/" LMDB_FILE, lmdb->path);
	return store->options.read_only &&
	    (stat(path, &status) == -1 ? errno == ENOENT : status.st_size == 0);
}

enum store_result
lmdb_unit_no_memory(struct store *store)
{
	const struct lmdb *lmdb = store->state;

	return store_failed(store, "%s: %s", lmdb->path, strerror(ENOMEM));
}
