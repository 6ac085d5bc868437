/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <unistd.h>

#include "bdb_cache.h"

#define MEGABYTE INT64_C(1048576)

enum {
	/* Below this size there is nothing to gain. */
	LEAST_MEGABYTES = 16,
	/* Of the machine's memory, or of what a container may have of it; more
	   makes checkpoints hold the store longer. */
	SHARE = 8,
	MOST_MEGABYTES = 1024,
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

/* What the group of a container may use; without one there is no such file. */
static int64_t
memory_of_group(void)
{
	FILE *file = fopen("/sys/fs/cgroup/memory.max", "re");
	long long bytes = 0;

	if (file == NULL)
		return INT64_MAX;
	if (fscanf(file, "%lld", &bytes) != 1 || bytes <= 0)
		bytes = INT64_MAX;
	fclose(file);
	return bytes;
}

static int64_t
limit_of(const struct bdb *bdb)
{
	const int64_t least = LEAST_MEGABYTES * MEGABYTE;
	const int64_t most = MOST_MEGABYTES * MEGABYTE;
	int64_t memory, group;

	if (bdb->options->cache != 0)
		return bdb->options->cache;
	memory = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
	group = memory_of_group();
	if (group < memory)
		memory = group;
	memory /= SHARE;
	if (memory > most)
		return most;
	return memory < least ? least : memory;
}

static int64_t
bytes_of_files(const struct bdb *bdb)
{
	int64_t sum = 0, size;

	for (int i = 0; i < STORE_TABLES; i++) {
		size = bdb_directory_size(&bdb->directory, (enum store_table)i);
		sum += size > 0 ? size : 0;
	}
	return sum;
}

int64_t
bdb_cache_wanted(const struct bdb *bdb)
{
	int64_t limit = limit_of(bdb), wanted = 2 * bytes_of_files(bdb);

	if (wanted < LEAST_MEGABYTES * MEGABYTE)
		wanted = LEAST_MEGABYTES * MEGABYTE;
	return wanted < limit ? wanted : limit;
}

int
bdb_cache_configure(DB_ENV *env, int64_t bytes)
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

/* Berkeley DB takes a quarter more than was wanted. */
bool
bdb_cache_is_outgrown(const struct bdb *bdb)
{
	DB_ENV *env = bdb->env.handle;
	u_int32_t gigabytes, bytes;
	int64_t now;
	int count;

	if (bdb->options->read_only ||
	    env->get_cachesize(env, &gigabytes, &bytes, &count) != 0)
		return false;
	now = gigabytes * (1024 * MEGABYTE) + bytes;
	return bdb_cache_wanted(bdb) > now + now / 2;
}
