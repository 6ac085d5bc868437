/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <fcntl.h>

#include "lmdb_error.h"
#include "lmdb_file.h"
#include "lmdb_work.h"

/* So often a map may turn out to be too small for one unit of work. */
enum { GROWTHS_MAX = 64 };

/* A file that is repaired in half a second. */
enum { SMALL_BYTES = 32 << 20 };

/* Tenths of a second of the processor's time: then a page leads to itself. */
enum { UNIT_TENTHS = 8, LONG_TENTHS = 36000 };

int
lmdb_work_enter(struct lmdb *lmdb)
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
	struct lmdb_unit *unit = argument;
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
write_work(struct lmdb_unit *unit)
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
	struct lmdb_unit *unit = argument;
	int error = lmdb_env_begin(&unit->lmdb->env, false, &unit->txn);

	if (error == 0 && unit->first != NULL)
		error = unit->first(unit->lmdb, unit->txn, unit->argument);
	return error;
}

void
lmdb_work_give_up(struct lmdb *lmdb, int error)
{
	if (error == LMDB_ERROR_CRASHED)
		lmdb_env_abandon(&lmdb->env);
	else if (error != 0)
		lmdb_file_close(lmdb);
	if (lmdb_error_is_damage(error))
		lmdb->lock.state->damage = 1;
}

/* To repair a large one takes seconds, so that who has to answer leaves it to
   the next one. */
static bool
may_repair(const struct lmdb *lmdb)
{
	struct stat status;

	return !lmdb->options->read_only &&
	    (lmdb->options->background ||
		(fstatat(lmdb->fd, LMDB_FILE, &status, AT_SYMLINK_NOFOLLOW) ==
			0 &&
		    status.st_size <= SMALL_BYTES));
}

static int
enter_and_work(struct lmdb_unit *unit)
{
	int error = lmdb_work_enter(unit->lmdb);

	if (error != 0)
		return error;
	return unit->write ? write_work(unit) :
			     lmdb_file_guarded(begin_reading, unit);
}

int
lmdb_work_do(struct lmdb_unit *unit)
{
	int error = enter_and_work(unit);

	if (!lmdb_error_is_damage(error))
		return error;
	lmdb_work_give_up(unit->lmdb, error);
	return may_repair(unit->lmdb) ? enter_and_work(unit) : error;
}

/* Handles are closed under the lock only, in the next unit. */
int
lmdb_work_read(struct lmdb_unit *unit)
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
