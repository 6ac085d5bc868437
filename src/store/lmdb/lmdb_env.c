/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/resource.h>
#include <sys/stat.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lmdb_env.h"
#include "lmdb_error.h"
#include "store/store_engine.h"

#define MEGABYTE ((size_t)1 << 20)

/* The map at first and its steps; of a large one a quarter. */
enum { MAP_STEP = 4, READERS_MAX = 1000 };

const char *const lmdb_tables[STORE_TABLES] = { "triplets", "clients" };

/* Whoever stumbles over what it reads ends as by any other signal. */
static void
fail_assertion(MDB_env *handle, const char *text)
{
	(void)handle;
	(void)text;
	abort();
}

static size_t
larger_map(size_t map)
{
	size_t step = MAP_STEP * MEGABYTE;

	if (map / 4 > step)
		step = map / 4;
	return (map + step) / MEGABYTE * MEGABYTE;
}

/* Others may have made it otherwise, with what LMDB can sort by. */
static int
check_table(MDB_txn *txn, MDB_dbi table, const char *name)
{
	unsigned flags = 0;
	int error = mdb_dbi_flags(txn, table, &flags);

	if (error == 0 && flags != 0)
		return lmdb_error_refuse(LMDB_FILE
		    ": its table %s has keys or values of another kind (flags "
		    "%#x); another program made it: move it away",
		    name, flags);
	return error;
}

static int
open_tables(struct lmdb_env *env, MDB_txn *txn, bool read_only)
{
	unsigned flags = read_only ? 0 : MDB_CREATE;
	int error = 0;

	for (int i = 0; i < STORE_TABLES && error == 0; i++) {
		error = mdb_dbi_open(
		    txn, lmdb_tables[i], flags, &env->table[i]);
		env->has_table[i] = error == 0;
		if (error == 0)
			error = check_table(txn, env->table[i], lmdb_tables[i]);
		else if (error == MDB_NOTFOUND && read_only)
			error = 0;
	}
	return error;
}

static int
find_tables(struct lmdb_env *env, bool read_only)
{
	MDB_txn *txn;
	int error = mdb_txn_begin(
	    env->handle, NULL, read_only ? MDB_RDONLY : 0, &txn);

	if (error != 0)
		return error;
	error = open_tables(env, txn, read_only);
	if (error == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return error;
}

static int
check_key_size(MDB_env *handle)
{
	if (mdb_env_get_maxkeysize(handle) >= LMDB_KEY_MAX)
		return 0;
	return lmdb_error_refuse(LMDB_FILE
	    ": this LMDB was built for keys of %d bytes, and %d are "
	    "needed",
	    mdb_env_get_maxkeysize(handle), LMDB_KEY_MAX);
}

/* from 0: there is none yet. */
static int
no_map(size_t from, size_t to, int error)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	char what[96];

	if (from == 0)
		snprintf(
		    what, sizeof(what), "can't have its map of %zu bytes", to);
	else
		snprintf(what, sizeof(what),
		    "its map can't grow from %zu to %zu bytes", from, to);
	getrlimit(RLIMIT_AS, &limit);
	if (error == ENOMEM && limit.rlim_cur != RLIM_INFINITY)
		return lmdb_error_refuse(LMDB_FILE
		    ": %s, for this process may have an address space of %llu; "
		    "raise that (ulimit -v, or LimitAS= of systemd)",
		    what, (unsigned long long)limit.rlim_cur);
	return lmdb_error_refuse(LMDB_FILE ": %s: %s", what, strerror(error));
}

int
lmdb_env_open(struct lmdb_env *env, const char *path, size_t bytes,
    const struct lmdb_env_options *options)
{
	unsigned flags = MDB_NOSUBDIR | MDB_NOTLS |
	    (options->read_only ? MDB_RDONLY : 0) |
	    (options->sync ? 0 : MDB_NOSYNC) |
	    (options->no_lock ? MDB_NOLOCK : 0);
	size_t map = larger_map(bytes) / MAP_STEP / MEGABYTE * MAP_STEP *
	    MEGABYTE;
	int error = mdb_env_create(&env->handle);

	env->reader = NULL;
	if (error != 0) {
		env->handle = NULL;
		return error;
	}
	mdb_env_set_assert(env->handle, fail_assertion);
	error = mdb_env_set_maxdbs(env->handle, STORE_TABLES);
	if (error == 0)
		error = mdb_env_set_maxreaders(env->handle, READERS_MAX);
	if (error == 0)
		error = mdb_env_set_mapsize(env->handle, map);
	if (error == 0)
		error = mdb_env_open(env->handle, path, flags, 0600);
	if (error == ENOMEM)
		error = no_map(0, map, error);
	if (error == 0)
		error = check_key_size(env->handle);
	if (error == 0)
		error = find_tables(env, options->read_only);
	if (error != 0)
		lmdb_env_close(env);
	return error;
}

void
lmdb_env_close(struct lmdb_env *env)
{
	if (env->handle == NULL)
		return;
	if (env->reader != NULL)
		mdb_txn_abort(env->reader);
	mdb_env_close(env->handle);
	lmdb_env_abandon(env);
}

void
lmdb_env_abandon(struct lmdb_env *env)
{
	env->handle = NULL;
	env->reader = NULL;
}

static int
begin_once(struct lmdb_env *env, bool write, MDB_txn **txn)
{
	int error;

	if (write)
		return mdb_txn_begin(env->handle, NULL, 0, txn);
	if (env->reader != NULL)
		error = mdb_txn_renew(env->reader);
	else
		error = mdb_txn_begin(
		    env->handle, NULL, MDB_RDONLY, &env->reader);
	*txn = env->reader;
	return error;
}

/* Others have made the file larger than the map. */
static int
follow_file(struct lmdb_env *env)
{
	struct stat file = { .st_size = 0 };
	MDB_envinfo info;
	int error, fd;

	if (env->reader != NULL)
		mdb_txn_abort(env->reader);
	env->reader = NULL;
	error = mdb_env_info(env->handle, &info);
	if (error == 0)
		error = mdb_env_get_fd(env->handle, &fd);
	if (error != 0)
		return error;
	error = mdb_env_set_mapsize(env->handle, 0);
	if (error != ENOMEM || fstat(fd, &file) == -1)
		return error;
	/* It was not made larger: what says so is no head of LMDB's. */
	if ((size_t)file.st_size <= info.me_mapsize)
		return MDB_CORRUPTED;
	return no_map(info.me_mapsize, (size_t)file.st_size, error);
}

int
lmdb_env_begin(struct lmdb_env *env, bool write, MDB_txn **txn)
{
	int dead, error = begin_once(env, write, txn);

	if (error == MDB_MAP_RESIZED) {
		error = follow_file(env);
		if (error == 0)
			error = begin_once(env, write, txn);
	}
	if (error == MDB_READERS_FULL &&
	    mdb_reader_check(env->handle, &dead) == 0 && dead > 0)
		error = begin_once(env, write, txn);
	/* What is in its lock file is no longer a valid mutex. */
	return error == EINVAL ? MDB_CORRUPTED : error;
}

void
lmdb_env_end_reader(struct lmdb_env *env)
{
	if (env->reader != NULL)
		mdb_txn_reset(env->reader);
}

/* A map that could not be made leaves none: the handles are to be closed. */
int
lmdb_env_grow(struct lmdb_env *env)
{
	MDB_envinfo info;
	size_t wanted;
	int error = mdb_env_info(env->handle, &info);

	if (error != 0)
		return error;
	if (env->reader != NULL)
		mdb_txn_abort(env->reader);
	env->reader = NULL;
	wanted = larger_map(info.me_mapsize);
	error = mdb_env_set_mapsize(env->handle, wanted);
	return error == 0 ? 0 : no_map(info.me_mapsize, wanted, error);
}
