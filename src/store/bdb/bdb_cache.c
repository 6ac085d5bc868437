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
	MOST_MEGABYTES = 1024
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

/* Of what there is, 0 if that is unknown. */
static int64_t
bytes_of_cache(const struct bdb *bdb)
{
	DB_ENV *env = bdb->env.handle;
	u_int32_t gigabytes, bytes;
	int count;

	return env->get_cachesize(env, &gigabytes, &bytes, &count) != 0 ?
	    0 :
	    gigabytes * (1024 * MEGABYTE) + bytes;
}

int
bdb_cache_megabytes(const struct bdb *bdb)
{
	return (int)(bytes_of_cache(bdb) / MEGABYTE);
}

/* Berkeley DB takes a quarter more than was wanted. */
bool
bdb_cache_is_outgrown(const struct bdb *bdb)
{
	int64_t now = bytes_of_cache(bdb);

	return !bdb->options->read_only && now > 0 &&
	    bdb_cache_wanted(bdb) > now + now / 2;
}
