/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/mman.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bdb_directory.h"
#include "bdb_env.h"
#include "bdb_error.h"
#include "store/shared/store_guard.h"

enum {
	/*
	 * A log file is removed as a whole, so small ones keep the log short;
	 * Berkeley DB wants them to be four times the buffer.
	 */
	LOG_BUFFER_BYTES = 512 * 1024,
	LOG_FILE_BYTES = 4 * LOG_BUFFER_BYTES,
	ABANDON_TENTHS = 8
};

#define MEGABYTE INT64_C(1048576)

/* Of the cache. */
enum {
	/* Of the pages of Berkeley DB for which there is one entry. */
	PAGE = 4096,
	PAGES_AN_ENTRY = 4,
	/* More take longer to make, and to look through for each checkpoint,
	   than they save. */
	ENTRIES_MAX = 32768,
	/* Nobody needs them: mutexes are switched off. Other programs take one
	   a page; then there are more. */
	ENTRY_MUTEXES = 64,
	MUTEXES = 512,
	MORE_MUTEXES = 16384
};

static int
configure_cache(DB_ENV *env, int64_t bytes)
{
	const int64_t gigabyte = 1024 * MEGABYTE;
	int64_t pages = bytes / PAGE, entries = pages / PAGES_AN_ENTRY;
	u_int32_t mutexes = MUTEXES + MORE_MUTEXES + (u_int32_t)pages;
	int error = env->set_cachesize(env, (u_int32_t)(bytes / gigabyte),
	    (u_int32_t)(bytes % gigabyte), 1);

	if (entries > ENTRIES_MAX)
		entries = ENTRIES_MAX;
	if (error == 0)
		error = env->set_mp_tablesize(env, (u_int32_t)entries);
	if (error == 0)
		error = env->set_mp_mtxcount(env, ENTRY_MUTEXES);
	if (error == 0)
		error = env->mutex_set_max(env, mutexes);
	/* After the former, which sets it, too. */
	if (error == 0)
		error = env->mutex_set_init(env, MUTEXES);
	return error;
}

static int
configure(struct bdb_env *env)
{
	DB_ENV *handle = env->handle;
	int error;

	error = configure_cache(handle, env->cache);
	if (error == 0)
		error = handle->set_lg_bsize(handle, LOG_BUFFER_BYTES);
	if (error == 0)
		error = handle->set_lg_max(handle, LOG_FILE_BYTES);
	if (error == 0)
		error = handle->set_flags(handle, DB_AUTO_COMMIT, 1);
	if (error == 0 && !env->sync)
		error = handle->set_flags(handle, DB_TXN_WRITE_NOSYNC, 1);
	return error;
}

static int
open_database(struct bdb_env *env, enum store_table table)
{
	DB **db = &env->tables[table];
	int error = db_create(db, env->handle, 0);

	if (error != 0) {
		*db = NULL;
		return error;
	}
	error = (*db)->open(*db, NULL, bdb_files[table], NULL, DB_BTREE,
	    env->read_only ? 0 : DB_CREATE, 0600);
	if (error != ENOENT || !env->read_only)
		return error;
	(void)(*db)->close(*db, DB_NOSYNC);
	*db = NULL;
	return 0;
}

/*
 * The file ends inside a page. Whole pages that are missing may be in the
 * cache, not so half a one.
 */
static bool
is_cut(const struct bdb_env *env, enum store_table table)
{
	DB *db = env->tables[table];
	struct stat status;
	char path[PATH_MAX];
	u_int32_t page_size = 0;

	if (db == NULL || db->get_pagesize(db, &page_size) != 0)
		return false;
	snprintf(path, sizeof(path), "%s/%s", env->directory, bdb_files[table]);
	return page_size > 0 && stat(path, &status) == 0 &&
	    status.st_size % page_size != 0;
}

int
bdb_env_open(struct bdb_env *env, bool recover)
{
	u_int32_t flags = DB_CREATE | DB_INIT_MPOOL | DB_INIT_LOG | DB_INIT_TXN;
	int error;

	error = bdb_error_new_env(&env->handle);
	if (error != 0) {
		env->handle = NULL;
		return error;
	}
	error = configure(env);
	if (error == 0)
		error = env->handle->open(env->handle, env->directory,
		    recover ? flags | DB_RECOVER : flags, 0600);
	/* Only now: while it makes regions, Berkeley DB tries its mutexes, and
	   when it joins some it finds those that were spoilt. */
	if (error == 0)
		error = env->handle->set_flags(env->handle, DB_NOLOCKING, 1);
	if (error == 0)
		error = open_database(env, STORE_TRIPLETS);
	if (error == 0)
		error = open_database(env, STORE_CLIENTS);
	if (error == 0 && !recover &&
	    (is_cut(env, STORE_TRIPLETS) || is_cut(env, STORE_CLIENTS)))
		return DB_RUNRECOVERY;
	return error;
}

static void
forget_handles(struct bdb_env *env)
{
	env->handle = NULL;
	for (int i = 0; i < STORE_TABLES; i++)
		env->tables[i] = NULL;
}

void
bdb_env_close(struct bdb_env *env)
{
	for (int i = STORE_TABLES - 1; i >= 0; i--) {
		if (env->tables[i] != NULL)
			(void)env->tables[i]->close(env->tables[i], DB_NOSYNC);
	}
	if (env->handle != NULL)
		(void)env->handle->close(env->handle, 0);
	forget_handles(env);
}

/* In an environment that has panicked, close() only closes file descriptors. */
static int
close_panicked(void *argument)
{
	struct bdb_env *env = argument;

	(void)env->handle->set_flags(env->handle, DB_NOLOCKING, 1);
	(void)env->handle->set_flags(env->handle, DB_PANIC_ENVIRONMENT, 1);
	return env->handle->close(env->handle, 0);
}

/* close() of a panicked environment leaves its regions mapped. */
static void
unmap_regions(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end;
	char line[4600], *name;

	if (maps == NULL)
		return;
	while (fgets(line, sizeof(line), maps) != NULL) {
		name = strrchr(line, '/');
		if (name == NULL || strcspn(name, " \n") != 9 ||
		    sscanf(line, "%lx-%lx", &start, &end) != 2)
			continue;
		name[9] = '\0';
		if (fnmatch(BDB_ENV_REGIONS, name + 1, 0) == 0)
			munmap((void *)start, end - start);
	}
	fclose(maps);
}

void
bdb_env_abandon(struct bdb_env *env)
{
	int ignored;

	if (env->handle != NULL) {
		(void)store_guard_run(
		    close_panicked, env, ABANDON_TENTHS, &ignored);
		unmap_regions();
	}
	forget_handles(env);
}

static int
remove_region(int directory_fd, const char *name, void *argument)
{
	(void)argument;
	if (fnmatch(BDB_ENV_REGIONS, name, 0) != 0 ||
	    unlinkat(directory_fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	return errno;
}

int
bdb_env_remove_regions(int directory_fd)
{
	return store_directory_each(directory_fd, remove_region, NULL);
}

DBT
bdb_dbt(struct bytes bytes)
{
	return (DBT){ .data = (void *)(uintptr_t)bytes.data,
		.size = (u_int32_t)bytes.len };
}

int
bdb_record_get(DB *db, DB_TXN *txn, struct bytes key,
    char buffer[STORE_VALUE_MAX], struct bytes *value)
{
	DBT k = bdb_dbt(key);
	DBT v = {
		.data = buffer, .ulen = STORE_VALUE_MAX, .flags = DB_DBT_USERMEM
	};
	int error = db == NULL ? DB_NOTFOUND : db->get(db, txn, &k, &v, 0);

	*value = (struct bytes){ buffer, v.size };
	if (error == DB_BUFFER_SMALL) {
		value->len = 0;
		return 0;
	}
	if (error == DB_NOTFOUND) {
		value->data = NULL;
		return 0;
	}
	return error;
}

int
bdb_record_put(
    DB *db, DB_TXN *txn, struct bytes key, const struct store_value *next)
{
	DBT k = bdb_dbt(key);
	DBT v = bdb_dbt((struct bytes){ next->data, next->len });

	return next->len == 0 ? 0 : db->put(db, txn, &k, &v, 0);
}
