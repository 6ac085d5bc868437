/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "common/msg.h"
#include "lmdb_repair.h"
#include "lmdb_salvage.h"

/*
 * Others see another generation before they begin anything, and open what is
 * there. Until then they have the old files, which are whole, and nobody
 * writes; that holds wherever this is killed.
 */
int
lmdb_repair_begin_anew(struct lmdb *lmdb)
{
	volatile struct lmdb_state *state = lmdb->lock.state;

	state->generation++;
	state->synced = 0;
	state->boot_id[0] = '\0';
	return unlinkat(lmdb->fd, LMDB_LOCK_FILE, 0) == -1 && errno != ENOENT ?
	    errno :
	    0;
}

static int
put_in_place(struct lmdb *lmdb)
{
	int error = lmdb_repair_begin_anew(lmdb);

	if (error == 0 &&
	    (renameat(lmdb->fd, LMDB_NEW, lmdb->fd, LMDB_FILE) == -1 ||
		fsync(lmdb->fd) == -1))
		error = errno;
	if (error != 0)
		(void)unlinkat(lmdb->fd, LMDB_NEW, 0);
	else
		store_boot_id((char *)lmdb->lock.state->boot_id);
	return error;
}

int
lmdb_repair_make(struct lmdb *lmdb)
{
	int error = lmdb_salvage_nothing(lmdb);

	return error == 0 ? put_in_place(lmdb) : error;
}

/* Under a second name, so that there is a file at any moment. */
static int
keep_old(const struct lmdb *lmdb, char *kept_as, size_t size)
{
	for (int i = 0; i < 1000; i++) {
		snprintf(kept_as, size, LMDB_FILE ".corrupt-%lld",
		    (long long)time(NULL) + i);
		if (linkat(lmdb->fd, LMDB_FILE, lmdb->fd, kept_as, 0) == 0)
			return 0;
		if (errno != EEXIST)
			return errno;
	}
	return EEXIST;
}

int
lmdb_repair(struct lmdb *lmdb)
{
	int64_t begun = monotonic_milliseconds();
	struct lmdb_salvaged result;
	const char *problem;
	char kept_as[64];
	int error = lmdb_salvage(lmdb, false, &result);

	if (error == 0)
		error = keep_old(lmdb, kept_as, sizeof(kept_as));
	if (error == 0)
		error = put_in_place(lmdb);
	if (error != 0) {
		(void)unlinkat(lmdb->fd, LMDB_NEW, 0);
		return error;
	}
	lmdb->lock.state->damage = 0;
	problem = result.problems > 0 ? result.problem : lmdb->problem;
	msg(MSG_ERROR,
	    "%s/" LMDB_FILE " was corrupt (%s): kept as %s, %lu records "
	    "salvaged (%lu of them from pages that nothing led to), in %.1f s",
	    lmdb->path, *problem == '\0' ? "LMDB failed in it" : problem,
	    kept_as, result.kept, result.loose,
	    (double)(monotonic_milliseconds() - begun) / 1000);
	return 0;
}

int
lmdb_repair_shrink(struct lmdb *lmdb)
{
	struct lmdb_salvaged result;
	int error = lmdb_salvage(lmdb, true, &result);

	return error == 0 ? put_in_place(lmdb) : error;
}
