/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bdb_calls.h"
#include "bdb_error.h"
#include "bdb_logs.h"
#include "bdb_repair.h"
#include "bdb_salvage.h"
#include "common/msg.h"

enum { COPY_BYTES = 1024 * 1024 }; /* in one call */

static int
copy_to_new(int directory, const char *name)
{
	int from, to, error = 0;
	ssize_t n;

	from = openat(directory, name, O_RDONLY | O_CLOEXEC);
	if (from == -1)
		return errno == ENOENT ? ENOENT : bdb_calls_note(errno, name);
	to = openat(directory, BDB_SALVAGE_NEW,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	do
		n = to == -1 ? -1 : sendfile(to, from, NULL, COPY_BYTES);
	while (n > 0);
	if (n == -1 || fsync(to) == -1)
		error = errno;
	close(from);
	if (to != -1)
		close(to);
	return bdb_calls_note(error, name);
}

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
}

static int
reset_positions(const struct bdb_directory *directory, const char *name)
{
	int error = copy_to_new(directory->fd, name);

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
		msg(MSG_NOTICE,
		    "%s: the databases did not fit their logs (copied without "
		    "them?): their log positions were reset, the logs moved to "
		    "%s",
		    directory->path, aside);
	return error;
}

/*
 * The old file is kept under a second name before the new one takes its place,
 * so that there is one at any moment. A directory can't have two names.
 */
static int
keep_old(int directory, const char *name, char *kept_as, size_t size)
{
	for (int i = 0; i < 1000; i++) {
		snprintf(kept_as, size, "%s.corrupt-%lld", name,
		    (long long)time(NULL) + i);
		if (linkat(directory, name, directory, kept_as, 0) == 0 ||
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

static int
replace(const struct bdb *bdb, enum store_table table, bool salvage)
{
	const struct bdb_directory *directory = &bdb->directory;
	const char *name = bdb_files[table];
	struct bdb_salvaged result = { 0 };
	char kept_as[64];
	int error;

	error = salvage ? bdb_salvage(directory, table,
			      bdb->options->is_value[table], &result) :
			  bdb_salvage_nothing(directory);
	if (error == 0)
		error = keep_old(directory->fd, name, kept_as, sizeof(kept_as));
	if (error == 0)
		error = move_into_place(directory->fd, name);
	if (error != 0) {
		(void)unlinkat(directory->fd, BDB_SALVAGE_NEW, 0);
		return error;
	}
	msg(MSG_ERROR, "%s/%s was corrupt: kept as %s, %lu records salvaged%s",
	    directory->path, name, kept_as, result.kept,
	    result.dropped == 0 ? "" : ", unreadable ones left out");
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
		state[i] = damage == BDB_LOST ?
		    DB_VERIFY_BAD :
		    bdb_salvage_examine(directory, (enum store_table)i);
		if (state[i] != 0 && state[i] != DB_VERIFY_BAD)
			return state[i];
		replaced = replaced || state[i] != 0;
	}
	for (int i = 0; replaced && i < STORE_TABLES && error == 0; i++)
		error = state[i] == 0 ?
		    reset_positions(directory, bdb_files[i]) :
		    replace(bdb, (enum store_table)i, damage == BDB_SUSPECT);
	if (error != 0 || !replaced)
		return error;
	error = set_logs_aside(directory, aside);
	if (error == 0 && *aside != '\0')
		msg(MSG_NOTICE, "%s: the logs were moved to %s",
		    directory->path, aside);
	return error;
}

/* Several times what a salvage takes that comes to an end. */
int
bdb_repair_seconds(const struct bdb_directory *directory)
{
	struct stat status;
	off_t size = 0;

	for (int i = 0; i < STORE_TABLES; i++) {
		if (fstatat(directory->fd, bdb_files[i], &status, 0) == 0)
			size += status.st_size;
	}
	return 4 + (int)(size / (5 * 1024 * 1024));
}
