/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bdb_error.h"
#include "bdb_repair.h"
#include "bdb_salvage.h"

static const char *const databases[] = { BDB_TRIPLETS, BDB_CLIENTS };
enum { DATABASES = sizeof(databases) / sizeof(databases[0]) };

static int
copy_contents(int from, int to)
{
	char buffer[65536];
	ssize_t n;

	while ((n = read(from, buffer, sizeof(buffer))) > 0) {
		for (ssize_t done = 0, put; done < n; done += put) {
			put = write(to, buffer + done, (size_t)(n - done));
			if (put == -1)
				return errno;
		}
	}
	return n == -1 || fsync(to) == -1 ? errno : 0;
}

static int
copy_file(const struct bdb_repair *repair, const char *name)
{
	int from, to, error;

	from = openat(repair->directory_fd, name, O_RDONLY | O_CLOEXEC);
	if (from == -1)
		return errno;
	to = openat(repair->directory_fd, BDB_SALVAGE_NEW,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	error = to == -1 ? errno : copy_contents(from, to);
	close(from);
	if (to != -1)
		close(to);
	return error;
}

static int
reset_positions(const struct bdb_repair *repair)
{
	DB_ENV *env;
	int error, closed;

	error = bdb_env_private_env(&env);
	if (error != 0)
		return error;
	error = env->open(env, repair->env->directory,
	    DB_CREATE | DB_INIT_MPOOL | DB_PRIVATE, 0600);
	if (error == 0)
		error = env->lsn_reset(env, BDB_SALVAGE_NEW, 0);
	closed = env->close(env, 0);
	return error != 0 ? error : closed;
}

static int
move_into_place(const struct bdb_repair *repair, const char *name)
{
	if (renameat(repair->directory_fd, BDB_SALVAGE_NEW,
		repair->directory_fd, name) == -1)
		return errno;
	return 0;
}

static void
discard(const struct bdb_repair *repair, const char *name)
{
	(void)unlinkat(repair->directory_fd, name, 0);
}

/*
 * Of a repair whose process was killed. Berkeley DB would wait for ever for the
 * owner of its own temporary file to go on.
 */
static void
discard_leftovers(const struct bdb_repair *repair)
{
	discard(repair, BDB_SALVAGE_NEW);
	discard(repair, "__db." BDB_SALVAGE_NEW);
	discard(repair, BDB_SALVAGE_TEXT);
}

static int
renew_positions(const struct bdb_repair *repair, const char *name)
{
	int error = copy_file(repair, name);

	if (error == ENOENT)
		return 0;
	if (error == 0)
		error = reset_positions(repair);
	if (error == 0)
		error = move_into_place(repair, name);
	if (error != 0)
		discard(repair, BDB_SALVAGE_NEW);
	return error;
}

static void
remove_environment(const struct bdb_repair *repair)
{
	bdb_env_remove_regions(repair->directory_fd);
	bdb_env_remove_logs(repair->directory_fd);
}

int
bdb_repair_positions(const struct bdb_repair *repair)
{
	char text[512];
	int error = 0;

	discard_leftovers(repair);
	for (int i = 0; i < DATABASES && error == 0; i++)
		error = renew_positions(repair, databases[i]);
	if (error != 0)
		return error;
	remove_environment(repair);
	snprintf(text, sizeof(text),
	    "%s: the databases did not fit their logs (copied without them?): "
	    "their log positions were reset, the logs removed",
	    repair->env->directory);
	repair->report(MSG_NOTICE, text);
	return 0;
}

static void
report_moved(const struct bdb_repair *repair, const char *name,
    const char *kept_as, const struct bdb_salvaged *salvaged)
{
	char text[PATH_MAX + 256];

	snprintf(text, sizeof(text),
	    "%s/%s was corrupt: kept as %s, %lu records salvaged%s",
	    repair->env->directory, name, kept_as, salvaged->kept,
	    salvaged->dropped == 0 ? "" : ", unreadable ones left out");
	repair->report(MSG_ERROR, text);
}

/*
 * The old file is kept under a second name before the new one takes its place,
 * so that there is one at any moment. A directory can't have two names.
 */
static int
keep_old(const struct bdb_repair *repair, const char *name, char *kept_as,
    size_t size)
{
	int fd = repair->directory_fd;

	for (int i = 0; i < 1000; i++) {
		snprintf(kept_as, size, "%s.corrupt-%lld", name,
		    (long long)time(NULL) + i);
		if (linkat(fd, name, fd, kept_as, 0) == 0 || errno == ENOENT)
			return 0;
		if (errno == EPERM &&
		    renameat2(fd, name, fd, kept_as, RENAME_NOREPLACE) == 0)
			return 0;
		if (errno != EEXIST)
			return errno;
	}
	return EEXIST;
}

static int
replace(
    const struct bdb_repair *repair, const char *name, enum bdb_damage damage)
{
	struct bdb_salvaged result = { 0 };
	char kept_as[64];
	int error;

	error = damage == BDB_SUSPECT ? bdb_salvage(repair, name, &result) :
					bdb_salvage_nothing(repair);
	if (error == 0)
		error = keep_old(repair, name, kept_as, sizeof(kept_as));
	if (error == 0)
		error = move_into_place(repair, name);
	if (error == 0)
		report_moved(repair, name, kept_as, &result);
	else
		discard(repair, BDB_SALVAGE_NEW);
	return error;
}

int
bdb_repair_contents(const struct bdb_repair *repair, enum bdb_damage damage)
{
	int state[DATABASES];
	bool replaced = false;
	int error = 0;

	discard_leftovers(repair);
	for (int i = 0; i < DATABASES; i++) {
		state[i] = damage == BDB_LOST ?
		    DB_VERIFY_BAD :
		    bdb_salvage_examine(repair, databases[i]);
		if (state[i] != 0 && state[i] != DB_VERIFY_BAD)
			return state[i];
		replaced = replaced || state[i] != 0;
	}
	for (int i = 0; replaced && i < DATABASES && error == 0; i++)
		error = state[i] == 0 ? renew_positions(repair, databases[i]) :
					replace(repair, databases[i], damage);
	if (error == 0 && replaced)
		remove_environment(repair);
	return error;
}

/* Several times what a salvage takes that comes to an end. */
int
bdb_repair_seconds(const struct bdb_repair *repair)
{
	struct stat status;
	off_t size = 0;

	for (int i = 0; i < DATABASES; i++) {
		if (fstatat(repair->directory_fd, databases[i], &status, 0) ==
		    0)
			size += status.st_size;
	}
	return 4 + (int)(size / (5 * 1024 * 1024));
}
