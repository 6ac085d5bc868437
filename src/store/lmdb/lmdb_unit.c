/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/monotonic.h"
#include "lmdb_entry.h"
#include "lmdb_error.h"
#include "lmdb_file.h"
#include "lmdb_unit.h"
#include "store/shared/store_stops.h"

/* Seconds. */
enum { BETWEEN_READER_CHECKS = 10 };

/* Once a second: are the files still there, and the readers alive? */
static enum store_result
look_around(struct store *store, int64_t now)
{
	struct lmdb *lmdb = store->state;
	volatile struct lmdb_state *state;
	int dead;

	lmdb->next_look = now + 1;
	if (lmdb_entry_look(store) != STORE_OK)
		return STORE_ERROR;
	state = lmdb->lock.state;
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

static void
leave(struct lmdb *lmdb, int64_t now)
{
	volatile struct lmdb_state *state = lmdb->lock.state;

	store_uses_serve(store_page_uses(&lmdb->lock.page), &lmdb->use, now);
	lmdb->manners.units_seen = ++state->units;
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

static enum store_result
locked_unit(struct store *store, struct lmdb_unit *unit)
{
	struct lmdb *lmdb = store->state;
	enum store_result result = lmdb_entry_take(store);
	int64_t begun = store->options.measured ? monotonic_nanoseconds() : 0;
	/* time(2) is answered without a call of the system. */
	int64_t now = time(NULL);
	int error;

	if (result == STORE_OK &&
	    (now >= lmdb->next_look || now < lmdb->next_look - 1))
		result = look_around(store, now);
	if (result != STORE_OK)
		return result;
	error = lmdb_work_do(unit);
	if (error == 0)
		leave(lmdb, now);
	else
		lmdb_work_give_up(lmdb, error);
	lmdb_lock_drop(&lmdb->lock);
	note_hold(store, begun);
	if (error == 0 && !unit->write)
		error = lmdb_work_read(unit);
	return error == 0 ? STORE_OK : failed(store, error);
}

/* While it holds the lock, or pages, no signal of job control stops it. */
static enum store_result
do_unit(struct store *store, struct lmdb_unit *unit)
{
	enum store_result result;

	store_stops_hold();
	result = locked_unit(store, unit);
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
	struct lmdb_unit unit = { .lmdb = store->state,
		.first = first,
		.work = work,
		.argument = argument };

	return do_unit(store, &unit);
}

/* In the background: ended from a terminal, it ends between two units. */
enum store_result
lmdb_unit_write(struct store *store, lmdb_work *work, void *argument)
{
	struct lmdb *lmdb = store->state;
	struct lmdb_unit unit = {
		.lmdb = lmdb, .work = work, .argument = argument, .write = true
	};
	enum store_result result;
	sigset_t before;

	if (!store->options.background)
		return do_unit(store, &unit);
	if (lmdb->fd != -1)
		store_give_way(&lmdb->manners, lmdb->lock.state->units,
		    &lmdb->lock.state->wanted);
	store_ends_hold(&before);
	result = do_unit(store, &unit);
	store_ends_release(&before);
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
	result = lmdb_entry_take(store);
	if (result == STORE_OK) {
		begun = store->options.measured ? monotonic_nanoseconds() : 0;
		error = lmdb_work_enter(lmdb);
		lmdb_file_close(lmdb);
		if (error == 0)
			error = work(lmdb);
		lmdb_work_give_up(lmdb, error);
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
lmdb_unit_close(struct store *store)
{
	struct lmdb *lmdb = store->state;

	store_stops_hold();
	if (lmdb->env.handle != NULL && lmdb_entry_take_again(store)) {
		lmdb_file_close(lmdb);
		lmdb_lock_drop(&lmdb->lock);
	}
	store_stops_release();
	lmdb_entry_close(lmdb);
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
