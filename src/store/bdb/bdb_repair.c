/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bdb_calls.h"
#include "bdb_error.h"
#include "bdb_extent.h"
#include "bdb_logs.h"
#include "bdb_repair.h"
#include "bdb_salvage.h"
#include "common/monotonic.h"
#include "common/msg.h"

static int
reset_positions_of_new(const char *path)
{
	DB_ENV *env;
	int error, closed;

	error = bdb_error_new_env(&env);
	if (error != 0)
		return error;
	error = env->open(
	    env, path, DB_CREATE | DB_INIT_MPOOL | DB_PRIVATE, 0600);
	if (error == 0)
		error = env->lsn_reset(env, BDB_SALVAGE_NEW, 0);
	closed = env->close(env, 0);
	return error != 0 ? error : closed;
}

static int
move_into_place(int directory, const char *name)
{
	return renameat(directory, BDB_SALVAGE_NEW, directory, name) == -1 ?
	    bdb_calls_note(errno, name) :
	    0;
}

/*
 * What a repair whose process was killed has left. Berkeley DB would wait for
 * ever for the owner of its own temporary file to go on.
 */
static void
discard_leftovers(int directory)
{
	(void)unlinkat(directory, BDB_SALVAGE_NEW, 0);
	(void)unlinkat(directory, "__db." BDB_SALVAGE_NEW, 0);
	(void)unlinkat(directory, BDB_SALVAGE_TEXT, 0);
	(void)unlinkat(directory, BDB_SALVAGE_COPY, 0);
}

static int
reset_positions(const struct bdb_directory *directory, const char *name)
{
	int error = bdb_extent_copy(directory->fd, name, BDB_SALVAGE_NEW);

	if (error == ENOENT)
		return 0;
	if (error == 0)
		error = reset_positions_of_new(directory->path);
	if (error == 0)
		error = move_into_place(directory->fd, name);
	if (error != 0)
		(void)unlinkat(directory->fd, BDB_SALVAGE_NEW, 0);
	return error;
}

/* The regions, which rest on them, go too. */
static int
set_logs_aside(const struct bdb_directory *directory, char *aside)
{
	int error = bdb_env_remove_regions(directory->fd);

	if (error == 0)
		error = bdb_logs_set_aside(directory->fd, aside);
	return bdb_calls_note(error, NULL);
}

static void
say_reset(const struct bdb *bdb, const char *aside)
{
	char why[128];

	if (bdb->log_unreadable > 0)
		snprintf(why, sizeof(why),
		    "of the logs, %llu bytes, nothing can be read, what was "
		    "only there is lost",
		    (unsigned long long)bdb->log_unreadable);
	else
		snprintf(why, sizeof(why),
		    "the databases did not fit their logs (copied without "
		    "them?)");
	msg(MSG_NOTICE, "%s: %s: their log positions were reset%s%s",
	    bdb->directory.path, why,
	    *aside == '\0' ? "" : ", the logs moved to ", aside);
}

int
bdb_repair_positions(struct bdb *bdb, void *argument)
{
	const struct bdb_directory *directory = &bdb->directory;
	char aside[BDB_LOGS_NAME_MAX];
	int error = 0;

	(void)argument;
	discard_leftovers(directory->fd);
	for (int i = 0; i < STORE_TABLES && error == 0; i++)
		error = reset_positions(directory, bdb_files[i]);
	if (error != 0)
		return error;
	error = set_logs_aside(directory, aside);
	if (error == 0)
		say_reset(bdb, aside);
	return error;
}

/*
 * The old file, or what it was before a recovery, is kept under a second name
 * before the new one takes its place,
 * so that there is one at any moment. A directory can't have two names.
 */
static int
keep_old(int directory, enum store_table table, char *kept_as, size_t size)
{
	const char *name = bdb_files[table], *copy = bdb_extent_copies[table];

	if (faccessat(directory, copy, F_OK, 0) == -1)
		copy = name;
	for (int i = 0; i < 1000; i++) {
		snprintf(kept_as, size, "%s.corrupt-%lld", name,
		    (long long)time(NULL) + i);
		if (linkat(directory, copy, directory, kept_as, 0) == 0 ||
		    errno == ENOENT)
			return 0;
		if (errno == EPERM &&
		    renameat2(directory, name, directory, kept_as,
			RENAME_NOREPLACE) == 0)
			return 0;
		if (errno != EEXIST)
			return bdb_calls_note(errno, name);
	}
	return bdb_calls_note(EEXIST, name);
}

/* What could not be read of the logs; empty if all was. */
static void
describe_unread(const struct bdb_log_unread *unread, char *text, size_t size)
{
	*text = '\0';
	if (unread->places > 0)
		snprintf(text, size,
		    "; %llu bytes of log could not be read, in %lu places%s",
		    (unsigned long long)unread->bytes, unread->places,
		    unread->more ? ", and more of it is missing" : "");
}

/* What was lost, in numbers as far as they are known. */
static void
say_replaced(const struct bdb *bdb, enum store_table table, const char *kept_as,
    const struct bdb_salvaged *result, double seconds)
{
	const struct bdb_directory *directory = &bdb->directory;
	char dropped[64] = "", cut[64] = "", unread[128];
	struct stat status;

	if (result->dropped > 0)
		snprintf(dropped, sizeof(dropped), ", %lu unreadable left out",
		    result->dropped);
	if (fstatat(directory->fd, bdb_extent_copies[table], &status, 0) == 0)
		snprintf(cut, sizeof(cut), "; it had been cut to %lld bytes",
		    (long long)status.st_size);
	describe_unread(&result->unread, unread, sizeof(unread));
	msg(MSG_ERROR,
	    "%s/%s %s: kept as %s, %lu records salvaged (%lu of them "
	    "only from the log)%s, in %.1f s%s%s",
	    directory->path, bdb_files[table],
	    bdb->log_damaged ? "was made anew, since its logs are damaged" :
			       "was corrupt",
	    kept_as, result->kept, result->from_log, dropped, seconds, cut,
	    unread);
}

static int
replace(const struct bdb *bdb, enum store_table table, bool salvage)
{
	const struct bdb_directory *directory = &bdb->directory;
	const char *name = bdb_files[table];
	int64_t begun = monotonic_milliseconds();
	struct bdb_salvaged result = { 0 };
	char kept_as[64];
	int error;

	error = salvage ? bdb_salvage(directory, table,
			      bdb->options->is_value[table], &result) :
			  bdb_salvage_nothing(directory);
	if (error == 0)
		error = keep_old(
		    directory->fd, table, kept_as, sizeof(kept_as));
	if (error == 0)
		error = move_into_place(directory->fd, name);
	if (error != 0) {
		(void)unlinkat(directory->fd, BDB_SALVAGE_NEW, 0);
		return error;
	}
	say_replaced(bdb, table, kept_as, &result,
	    (double)(monotonic_milliseconds() - begun) / 1000);
	return 0;
}

int
bdb_repair_contents(struct bdb *bdb, void *argument)
{
	const struct bdb_directory *directory = &bdb->directory;
	uint32_t damage = bdb->lock.state->damage;
	char aside[BDB_LOGS_NAME_MAX];
	int state[STORE_TABLES];
	bool replaced = false;
	int error = 0;

	(void)argument;
	discard_leftovers(directory->fd);
	for (int i = 0; i < STORE_TABLES; i++) {
		state[i] = damage == BDB_LOST || bdb->condemned[i] ?
		    DB_VERIFY_BAD :
		    bdb_salvage_examine(directory, (enum store_table)i);
		if (state[i] != 0 && state[i] != DB_VERIFY_BAD)
			return state[i];
		replaced = replaced || state[i] != 0;
	}
	if (replaced && bdb->options->read_only)
		return bdb_error_refuse("a database is damaged; the next "
					"program that writes repairs it, such "
					"as grey-expire");
	for (int i = 0; replaced && i < STORE_TABLES && error == 0; i++)
		error = state[i] == 0 ?
		    reset_positions(directory, bdb_files[i]) :
		    replace(bdb, (enum store_table)i, damage == BDB_SUSPECT);
	if (error != 0)
		return error;
	bdb_extent_forget(directory->fd);
	memset(bdb->condemned, 0, sizeof(bdb->condemned));
	if (!replaced)
		return 0;
	error = set_logs_aside(directory, aside);
	bdb->log_damaged = false;
	if (error == 0 && *aside != '\0')
		msg(MSG_NOTICE, "%s: the logs were moved to %s",
		    directory->path, aside);
	return error;
}

/* Several times what a salvage takes that comes to an end. */
int
bdb_repair_tenths(const struct bdb_directory *directory)
{
	struct stat status;
	off_t size = 0;

	for (int i = 0; i < STORE_TABLES; i++) {
		if (fstatat(directory->fd, bdb_files[i], &status, 0) == 0)
			size += status.st_size;
	}
	return 40 + (int)(size / (256 * 1024));
}
