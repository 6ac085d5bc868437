/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bdb_compact.h"
#include "bdb_tidy.h"
#include "bdb_unit.h"

/* A slice of five pages holds the store for 0.8 ms at most (measured). */
enum { SLICE_PAGES = 5, SHRINK_SECONDS = 3600 };

struct compact {
	enum store_table table;
	bool shrink;
	DBT begin; /* where the next slice begins, and where the last ended; */
	DBT end;   /* the data are malloc'ed */
	bool done;
};

/* The descriptor stays open, and the lock is held, until the process ends. */
enum store_result
bdb_claim(struct store *store, const char *name, bool *claimed)
{
	const struct bdb *bdb = store->state;
	char file[64];
	int fd;

	snprintf(file, sizeof(file), "%s.lock", name);
	fd = openat(bdb->directory.fd, file,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return store_failed(store, "%s/%s: %s", bdb->directory.path,
		    file, strerror(errno));
	*claimed = flock(fd, LOCK_EX | LOCK_NB) == 0;
	if (*claimed)
		return STORE_OK;
	close(fd);
	return STORE_OK;
}

static int
compact_work(struct bdb *bdb, void *argument)
{
	struct compact *compact = argument;
	DB *db = bdb_table(bdb, compact->table);
	DB_COMPACT how = { .compact_pages = SLICE_PAGES };
	DBT end = { .flags = DB_DBT_MALLOC };
	int error;

	if (compact->shrink)
		how.compact_pages = 0;
	error = db->compact(db, NULL,
	    compact->begin.data == NULL ? NULL : &compact->begin, NULL, &how,
	    compact->shrink ? DB_FREE_SPACE : 0, &end);
	if (error != 0)
		return error;
	free(compact->end.data);
	compact->end = end;
	return 0;
}

/* The loop ends where a slice ends as the one before. */
static void
go_on(struct compact *compact)
{
	struct bytes begin = { compact->begin.data, compact->begin.size };
	struct bytes end = { compact->end.data, compact->end.size };

	compact->done = end.len == 0 ||
	    (begin.data != NULL && bytes_equal(begin, end));
	free(compact->begin.data);
	compact->begin = (DBT){ .data = compact->end.data,
		.size = compact->end.size };
	compact->end = (DBT){ .data = NULL };
}

enum store_result
bdb_compact(struct store *store, enum store_table table,
    bool (*again)(void *argument), void *argument)
{
	struct compact compact = { .table = table };
	enum store_result result = STORE_OK;

	while (result == STORE_OK && !compact.done && again(argument)) {
		result = bdb_unit(store, compact_work, &compact);
		go_on(&compact);
		while (bdb_tidy_step(store))
			continue;
	}
	free(compact.begin.data);
	return result;
}

enum store_result
bdb_shrink(struct store *store, enum store_table table)
{
	struct compact compact = { .table = table, .shrink = true };
	struct bdb *bdb = store->state;
	enum store_result result;

	bdb->unit_seconds = SHRINK_SECONDS;
	result = bdb_unit(store, compact_work, &compact);
	bdb->unit_seconds = BDB_UNIT_SECONDS;
	free(compact.end.data);
	return result;
}

int64_t
bdb_size(struct store *store, enum store_table table)
{
	const struct bdb *bdb = store->state;
	struct stat status;

	if (fstatat(bdb->directory.fd,
		table == STORE_TRIPLETS ? BDB_TRIPLETS : BDB_CLIENTS, &status,
		0) == -1)
		return 0;
	return status.st_size;
}
