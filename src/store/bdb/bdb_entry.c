/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "bdb_calls.h"
#include "bdb_entry.h"
#include "bdb_holder.h"
#include "store/shared/store_access.h"
#include "store/shared/store_layout.h"

enum {
	PATIENCE_MILLISECONDS = 1500,
	/* One after the other goes, while we want to lock it. */
	LOCKS_MAX = 8
};

enum store_result
bdb_entry_open(struct store *store, struct bdb *bdb)
{
	const char *distrust = NULL;
	int error;

	if (bdb->lock.page.fd != -1)
		return STORE_OK;
	if (bdb_directory_open(&bdb->directory, store) != STORE_OK)
		return STORE_ERROR;
	error = bdb_lock_open(&bdb->lock, bdb->directory.fd, &distrust);
	if (error == 0) {
		bdb_calls_in_directory(bdb->directory.path, bdb->directory.fd);
		return STORE_OK;
	}
	bdb_directory_close(&bdb->directory);
	if (distrust != NULL)
		return store_failed(store, "%s/grey.lock: %s; move it away",
		    bdb->directory.path, distrust);
	return store_failed(store, "%s/grey.lock: %s%s", bdb->directory.path,
	    strerror(error), store_access_cure(bdb->directory.path, error));
}

void
bdb_entry_close(struct bdb *bdb)
{
	bdb_calls_in_directory(bdb->directory.path, -1);
	bdb_lock_close(&bdb->lock);
	bdb_directory_close(&bdb->directory);
}

static enum store_result
stay_if_known(struct store *store, struct bdb *bdb)
{
	if (store_layout_is_known(&bdb->lock.page, BDB_LAYOUT))
		return STORE_OK;
	bdb_lock_drop(&bdb->lock);
	return store_layout_refuse(
	    store, bdb->directory.path, &bdb->lock.page, BDB_LAYOUT);
}

/* An answer is wanted within two seconds, whatever is the matter. */
static int
patience_of(const struct bdb *bdb)
{
	return bdb->options->background ? BDB_LOCK_WAIT * 1000 :
					  PATIENCE_MILLISECONDS;
}

static void
let_go_of_files(struct bdb *bdb)
{
	bdb_env_abandon(&bdb->env);
	bdb_entry_close(bdb);
}

/* A grey.lock that has gone is replaced by the one that there is now. */
enum store_result
bdb_entry_take(struct store *store, struct bdb *bdb)
{
	int error = ESTALE;

	for (int i = 0; i < LOCKS_MAX && error == ESTALE; i++) {
		if (i > 0)
			let_go_of_files(bdb);
		if (bdb_entry_open(store, bdb) != STORE_OK)
			return STORE_ERROR;
		error = bdb_lock_take(&bdb->lock, patience_of(bdb));
	}
	if (error == 0)
		return stay_if_known(store, bdb);
	if (error != ETIMEDOUT)
		return store_failed(store, "%s/grey.lock: can't lock: %s",
		    bdb->directory.path, strerror(error));
	return bdb_held_by_another(store, bdb);
}

bool
bdb_entry_take_again(struct store *store, struct bdb *bdb)
{
	return bdb_lock_take(&bdb->lock, patience_of(bdb)) == 0 &&
	    stay_if_known(store, bdb) == STORE_OK;
}
