/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/mman.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bdb_directory.h"
#include "bdb_env.h"
#include "bdb_error.h"
#include "guard.h"

enum {
	CACHE_BYTES = 16 * 1024 * 1024,
	/*
	 * A log file is removed as a whole, so small ones keep the log short;
	 * Berkeley DB wants them to be four times the buffer.
	 */
	LOG_BUFFER_BYTES = 512 * 1024,
	LOG_FILE_BYTES = 4 * LOG_BUFFER_BYTES,
	/*
	 * More than are needed at first: killed processes leave theirs behind,
	 * and a db_dump or db_verify beside us takes one a page of the cache.
	 */
	MUTEXES = 16384,
	ABANDON_SECONDS = 1
};

int
bdb_env_private_env(DB_ENV **handle)
{
	int error = db_env_create(handle, 0);

	if (error == 0)
		bdb_error_listen_env(*handle);
	return error;
}

int
bdb_env_private_db(DB **db)
{
	int error = db_create(db, NULL, 0);

	if (error == 0)
		bdb_error_listen_db(*db);
	return error;
}

static int
configure(struct bdb_env *env)
{
	DB_ENV *handle = env->handle;
	int error;

	error = handle->set_cachesize(handle, 0, CACHE_BYTES, 1);
	if (error == 0)
		error = handle->set_lg_bsize(handle, LOG_BUFFER_BYTES);
	if (error == 0)
		error = handle->set_lg_max(handle, LOG_FILE_BYTES);
	if (error == 0)
		error = handle->mutex_set_increment(handle, MUTEXES);
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

int
bdb_env_open(struct bdb_env *env, bool recover)
{
	u_int32_t flags = DB_CREATE | DB_INIT_MPOOL | DB_INIT_LOG | DB_INIT_TXN;
	int error;

	error = bdb_env_private_env(&env->handle);
	if (error != 0) {
		env->handle = NULL;
		return error;
	}
	error = configure(env);
	if (error == 0)
		error = env->handle->open(env->handle, env->directory,
		    recover ? flags | DB_RECOVER : flags, 0600);
	/* Only now: while it makes regions, Berkeley DB tries its mutexes. */
	if (error == 0)
		error = env->handle->set_flags(env->handle, DB_NOLOCKING, 1);
	if (error == 0)
		error = open_database(env, STORE_TRIPLETS);
	if (error == 0)
		error = open_database(env, STORE_CLIENTS);
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

	(void)env->handle->set_flags(env->handle, DB_PANIC_ENVIRONMENT, 1);
	return env->handle->close(env->handle, 0);
}

static bool
is_region(const char *name)
{
	return strncmp(name, "__db.", 5) == 0 && strlen(name) == 8 &&
	    strspn(name + 5, "0123456789") == 3;
}

static bool
is_log(const char *name)
{
	return strncmp(name, "log.", 4) == 0 && strlen(name) == 14 &&
	    strspn(name + 4, "0123456789") == 10;
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
		if (is_region(name + 1))
			munmap((void *)start, end - start);
	}
	fclose(maps);
}

void
bdb_env_abandon(struct bdb_env *env)
{
	int ignored;

	if (env->handle != NULL) {
		(void)guard_run(close_panicked, env, ABANDON_SECONDS, &ignored);
		unmap_regions();
	}
	forget_handles(env);
}

static void
remove_files(int directory_fd, bool (*chosen)(const char *name))
{
	int fd = openat(directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (directory == NULL) {
		if (fd != -1)
			close(fd);
		return;
	}
	while ((entry = readdir(directory)) != NULL) {
		if (chosen(entry->d_name))
			(void)unlinkat(directory_fd, entry->d_name, 0);
	}
	closedir(directory);
}

void
bdb_env_remove_regions(int directory_fd)
{
	remove_files(directory_fd, is_region);
}

void
bdb_env_remove_logs(int directory_fd)
{
	remove_files(directory_fd, is_log);
}

int
bdb_env_log(struct bdb_env *env, u_int32_t *megabytes, u_int32_t *file)
{
	DB_LOG_STAT *log;
	int error = env->handle->log_stat(env->handle, &log, 0);

	if (error != 0)
		return error;
	*megabytes = log->st_wc_mbytes;
	*file = log->st_cur_file;
	free(log);
	return 0;
}

int
bdb_env_clean_pages(struct bdb_env *env, int percent)
{
	return env->handle->memp_trickle(env->handle, percent, NULL);
}

int
bdb_env_checkpoint(struct bdb_env *env)
{
	int error = env->handle->txn_checkpoint(env->handle, 0, 0, 0);

	if (error != 0)
		return error;
	return env->handle->log_archive(env->handle, NULL, DB_ARCH_REMOVE);
}
