/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lmdb_error.h"
#include "lmdb_examine.h"
#include "lmdb_file.h"
#include "lmdb_pages.h"
#include "lmdb_repair.h"
#include "store/shared/store_directory.h"
#include "store/shared/store_guard.h"

/* A piece of work that has used so much of the processor never ends. */
enum { UNIT_TENTHS = 8 };

/* Of a thousand readers, and what LMDB has at its front. */
enum { LOCK_FILE_BYTES = 65536 };

int
lmdb_file_guarded(int (*work)(void *), void *argument)
{
	return lmdb_file_guarded_for(work, argument, UNIT_TENTHS);
}

int
lmdb_file_guarded_for(int (*work)(void *), void *argument, int tenths)
{
	int result = 0;

	return store_guard_run(work, argument, tenths, &result) == 0 ?
	    result :
	    LMDB_ERROR_CRASHED;
}

static int
close_env(void *argument)
{
	lmdb_env_close(argument);
	return 0;
}

void
lmdb_file_close(struct lmdb *lmdb)
{
	if (lmdb_file_guarded(close_env, &lmdb->env) != 0)
		lmdb_env_abandon(&lmdb->env);
}

bool
lmdb_file_is_gone(const struct lmdb *lmdb)
{
	struct stat status;
	int fd;

	return lmdb->env.handle != NULL &&
	    mdb_env_get_fd(lmdb->env.handle, &fd) == 0 &&
	    (fstat(fd, &status) == -1 || status.st_nlink == 0);
}

/* Whose file it is, as the state says it. */
static bool
is_known(struct lmdb *lmdb, int fd)
{
	volatile struct lmdb_state *state = lmdb->lock.state;
	struct statx status;
	int64_t born = 0;
	bool known;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &status) ==
	    -1)
		return false;
	if ((status.stx_mask & STATX_BTIME) != 0)
		born = status.stx_btime.tv_sec * 1000000000 +
		    status.stx_btime.tv_nsec;
	known = state->file_inode == status.stx_ino && state->file_born == born;
	state->file_inode = status.stx_ino;
	state->file_born = born;
	return known;
}

static bool
is_same_boot(const struct lmdb *lmdb)
{
	char now[STORE_BOOT_ID];

	store_boot_id(now);
	return now[0] != '\0' &&
	    memcmp((const char *)lmdb->lock.state->boot_id, now, sizeof(now)) ==
	    0;
}

/* Pages that were freed again before they were written may be missing at its
   end, which is no damage; then it is made as long as it says. */
static int
make_whole(const struct lmdb *lmdb, size_t bytes)
{
	int fd, error;

	if (lmdb->options->read_only)
		return 0;
	fd = openat(lmdb->fd, LMDB_FILE, O_RDWR | STORE_DIRECTORY_SAFELY);
	error = fd == -1 || ftruncate(fd, (off_t)bytes) == -1 ? errno : 0;
	if (fd != -1)
		close(fd);
	return error;
}

/*
 * After another boot, also where all of the transaction that counts was brought
 * to the disk: of later ones, whose heads were lost, pages may be there, in the
 * place of its own.
 */
static int
look(struct lmdb *lmdb, int fd, size_t size)
{
	bool known = is_known(lmdb, fd), is_short;
	struct lmdb_meta meta;
	int error = known ? 0 : lmdb_repair_begin_anew(lmdb);

	if (error == 0)
		error = lmdb_pages_meta(fd, &meta);
	if (error != 0)
		return error;
	is_short = size / meta.page_size < meta.last_page + 1;
	if (meta.other_is_bad || is_short || !known || !is_same_boot(lmdb))
		error = lmdb_examine(fd, NULL, lmdb->problem);
	if (error == 0 && is_short)
		error = make_whole(lmdb, (meta.last_page + 1) * meta.page_size);
	if (error == 0)
		store_boot_id((char *)lmdb->lock.state->boot_id);
	return error;
}

struct opening {
	struct lmdb *lmdb;
	size_t size;
};

static int
open_env(void *argument)
{
	const struct opening *opening = argument;
	struct lmdb *lmdb = opening->lmdb;
	const struct lmdb_env_options options = {
		.read_only = lmdb->options->read_only,
		.sync = lmdb->options->sync
	};
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" LMDB_FILE, lmdb->path);
	return lmdb_env_open(&lmdb->env, path, opening->size, &options);
}

static int
open_looked_at(struct lmdb *lmdb, size_t size)
{
	struct opening opening = { lmdb, size };
	int error = lmdb_file_guarded(open_env, &opening);

	if (error == MDB_VERSION_MISMATCH)
		return lmdb_error_refuse(LMDB_LOCK_FILE
		    ": LMDB of another version is using it; end those programs "
		    "first");
	if (error == LMDB_ERROR_CRASHED)
		lmdb_env_abandon(&lmdb->env);
	return error;
}

/*
 * It is LMDB's, and a hole in it could end in SIGBUS where the disk is full. No
 * handles are open: to close any descriptor of it would drop their locks.
 */
static int
make_lock_file(const struct lmdb *lmdb)
{
	const char *distrust;
	struct stat status;
	int error = 0,
	    fd = store_directory_open_lock(lmdb->fd, LMDB_LOCK_FILE, &distrust);

	if (fd == -1 && distrust != NULL)
		return lmdb_error_refuse(
		    LMDB_LOCK_FILE ": %s; move it away", distrust);
	if (fd == -1)
		return errno;
	if (fstat(fd, &status) == -1)
		error = errno;
	else if (status.st_size < LOCK_FILE_BYTES)
		error = posix_fallocate(fd, 0, LOCK_FILE_BYTES);
	close(fd);
	return error;
}

/* What is wrong with it is the problem, if it is damaged. */
static int
open_once(struct lmdb *lmdb)
{
	int error = 0,
	    fd = openat(lmdb->fd, LMDB_FILE, O_RDONLY | STORE_DIRECTORY_SAFELY);
	const char *distrust;
	struct stat status;

	lmdb->problem[0] = '\0';
	if (fd == -1 && errno == ENOENT)
		return ENOENT;
	distrust = store_directory_distrusts(fd);
	if (distrust != NULL)
		error = lmdb_error_refuse(
		    LMDB_FILE ": %s; move it away", distrust);
	else if (fd == -1 || fstat(fd, &status) == -1)
		error = errno;
	else if (status.st_size == 0)
		error = ENOENT;
	else
		error = look(lmdb, fd, (size_t)status.st_size);
	if (fd != -1)
		close(fd);
	if (error == 0)
		error = make_lock_file(lmdb);
	return error == 0 ? open_looked_at(lmdb, (size_t)status.st_size) :
			    error;
}

int
lmdb_file_open(struct lmdb *lmdb)
{
	volatile struct lmdb_state *state = lmdb->lock.state;
	int error = state->damage != 0 ? MDB_CORRUPTED : open_once(lmdb);

	if (error == 0 || lmdb->options->read_only)
		return error;
	if (error == ENOENT)
		error = lmdb_repair_make(lmdb);
	else if (lmdb_error_is_damage(error)) {
		state->damage = 1;
		error = lmdb_repair(lmdb);
	} else
		return error;
	return error == 0 ? open_once(lmdb) : error;
}
