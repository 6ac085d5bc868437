/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "bdb_tidy.h"

enum {
	/* Megabytes of log: when it begins, when somebody else takes over, and
	   when there is no time for steps. */
	BEGIN_AT = 4,
	RELIEVE_AT = 8,
	HURRY_AT = 16,
	/* Of the page cache, written in one step: one or two milliseconds. */
	SLICE_PERCENT = 10
};

static int
look_work(struct bdb *bdb, void *argument)
{
	volatile struct bdb_state *state = bdb->lock.state;
	u_int32_t megabytes;
	int error = bdb_env_log(&bdb->env, &megabytes, &bdb->tidy_log_file);

	(void)argument;
	bdb->tidy = BDB_TIDY_NOTHING;
	if (error != 0 || megabytes < BEGIN_AT)
		return error;
	if (megabytes < RELIEVE_AT && state->tidier != 0 &&
	    state->tidier != bdb->pid)
		return 0;
	state->tidier = bdb->pid;
	bdb->tidy = megabytes < HURRY_AT ? BDB_TIDY_LOG : BDB_TIDY_CHECKPOINT;
	return 0;
}

static int
pages_work(struct bdb *bdb, void *argument)
{
	(void)argument;
	bdb->tidy_percent += SLICE_PERCENT;
	if (bdb->tidy_percent >= 100)
		bdb->tidy = BDB_TIDY_FILES;
	return bdb_env_clean_pages(&bdb->env, bdb->tidy_percent);
}

static int
checkpoint_work(struct bdb *bdb, void *argument)
{
	(void)argument;
	bdb->tidy = BDB_TIDY_NOTHING;
	if (bdb->lock.state->tidier == bdb->pid)
		bdb->lock.state->tidier = 0;
	return bdb_env_checkpoint(&bdb->env);
}

/* Only to have it done before: what counts is Berkeley DB's own fsync(2). */
static void
bring_to_disk(const struct bdb *bdb, const char *name)
{
	int fd = openat(bdb->directory.fd, name, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return;
	(void)fdatasync(fd);
	close(fd);
}

static void
bring_log_to_disk(struct bdb *bdb)
{
	char name[32];

	snprintf(name, sizeof(name), "log.%010u", bdb->tidy_log_file);
	bring_to_disk(bdb, name);
	bdb->tidy = BDB_TIDY_PAGES;
	bdb->tidy_percent = 0;
}

static void
bring_files_to_disk(struct bdb *bdb)
{
	bring_to_disk(bdb, BDB_TRIPLETS);
	bring_to_disk(bdb, BDB_CLIENTS);
	bdb->tidy = BDB_TIDY_CHECKPOINT;
}

static enum store_result
take_step(struct store *store)
{
	struct bdb *bdb = store->state;
	enum store_result result = STORE_OK;

	switch (bdb->tidy) {
	case BDB_TIDY_NOTHING:
		break;
	case BDB_TIDY_LOOK:
		result = bdb_unit(store, look_work, NULL);
		break;
	case BDB_TIDY_LOG:
		bring_log_to_disk(bdb);
		break;
	case BDB_TIDY_PAGES:
		result = bdb_unit(store, pages_work, NULL);
		break;
	case BDB_TIDY_FILES:
		bring_files_to_disk(bdb);
		break;
	case BDB_TIDY_CHECKPOINT:
		result = bdb_unit(store, checkpoint_work, NULL);
		break;
	}
	if (result != STORE_OK)
		bdb->tidy = BDB_TIDY_NOTHING;
	return result;
}

bool
bdb_tidy_step(struct store *store)
{
	const struct bdb *bdb = store->state;

	(void)take_step(store);
	return bdb->tidy != BDB_TIDY_NOTHING;
}

static int
begin_work(struct bdb *bdb, void *argument)
{
	u_int32_t megabytes;

	(void)argument;
	bdb->tidy = BDB_TIDY_LOG;
	return bdb_env_log(&bdb->env, &megabytes, &bdb->tidy_log_file);
}

enum store_result
bdb_tidy_whole(struct store *store)
{
	struct bdb *bdb = store->state;
	enum store_result result = bdb_unit(store, begin_work, NULL);

	while (result == STORE_OK && bdb->tidy != BDB_TIDY_NOTHING)
		result = take_step(store);
	return result;
}

void
bdb_tidy_end(struct store *store)
{
	struct bdb *bdb = store->state;

	if (bdb->tidy == BDB_TIDY_LOOK)
		(void)bdb_tidy_step(store);
	if (bdb->tidy != BDB_TIDY_NOTHING)
		(void)bdb_unit(store, checkpoint_work, NULL);
}
