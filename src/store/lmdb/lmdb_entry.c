/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <unistd.h>

#include "lmdb_entry.h"
#include "lmdb_file.h"
#include "store/shared/store_directory.h"
#include "store/shared/store_holder.h"
#include "store/shared/store_layout.h"

enum { PATIENCE_MILLISECONDS = 1500 };

void
lmdb_entry_close(struct lmdb *lmdb)
{
	lmdb_lock_close(&lmdb->lock);
	if (lmdb->fd != -1)
		close(lmdb->fd);
	lmdb->fd = -1;
}

enum store_result
lmdb_entry_open(struct store *store)
{
	static const struct store_directory_use use = { "store",
		"--store=lmdb:" };
	struct lmdb *lmdb = store->state;
	const char *distrust = NULL;
	int error;

	if (lmdb->fd != -1)
		return STORE_OK;
	lmdb->fd = store_directory_open(store, lmdb->path, &use);
	if (lmdb->fd == -1)
		return STORE_ERROR;
	error = lmdb_lock_open(&lmdb->lock, lmdb->fd, &distrust);
	if (error == 0)
		return STORE_OK;
	lmdb_entry_close(lmdb);
	if (error == ETIMEDOUT)
		return store_failed(store,
		    "%s/grey.state: another process that opens it is stuck",
		    lmdb->path);
	return store_directory_failed(
	    store, lmdb->path, "grey.state", error, distrust);
}

/* An answer is wanted within two seconds, whatever is the matter. */
static int
take(struct lmdb *lmdb)
{
	return lmdb_lock_take(&lmdb->lock, lmdb->pid,
	    lmdb->options->background ? LMDB_LOCK_WAIT * 1000 :
					PATIENCE_MILLISECONDS);
}

/* What all have open is no longer there, or makes no sense: begin anew. */
static enum store_result
open_anew(struct store *store, bool spoilt)
{
	struct lmdb *lmdb = store->state;

	lmdb_file_close(lmdb);
	if (spoilt)
		(void)lmdb_lock_discard(&lmdb->lock, lmdb->fd);
	lmdb_entry_close(lmdb);
	return lmdb_entry_open(store);
}

static enum store_result
stay_if_known(struct store *store)
{
	struct lmdb *lmdb = store->state;

	if (store_layout_is_known(&lmdb->lock.page, LMDB_LAYOUT))
		return STORE_OK;
	lmdb_lock_drop(&lmdb->lock);
	return store_layout_refuse(
	    store, lmdb->path, &lmdb->lock.page, LMDB_LAYOUT);
}

enum store_result
lmdb_entry_take(struct store *store)
{
	struct lmdb *lmdb = store->state;
	const volatile struct lmdb_state *state;
	int error;

	if (lmdb_entry_open(store) != STORE_OK)
		return STORE_ERROR;
	error = take(lmdb);
	if (error == ESTALE) {
		if (open_anew(store, true) != STORE_OK)
			return STORE_ERROR;
		error = take(lmdb);
	}
	if (error == 0)
		return stay_if_known(store);
	if (error != ETIMEDOUT)
		return store_failed(store, "%s/grey.state: can't lock: %s",
		    lmdb->path, strerror(error));
	state = lmdb->lock.state;
	return store_held_by(
	    store, lmdb->path, "grey.state", state->holder, state->stuck.since);
}

bool
lmdb_entry_take_again(struct store *store)
{
	return take(store->state) == 0 && stay_if_known(store) == STORE_OK;
}

static bool
is_deleted(const struct lmdb *lmdb)
{
	struct stat status;

	return fstat(lmdb->lock.page.fd, &status) == -1 || status.st_nlink == 0;
}

enum store_result
lmdb_entry_look(struct store *store)
{
	struct lmdb *lmdb = store->state;

	if (!is_deleted(lmdb))
		return STORE_OK;
	lmdb_lock_drop(&lmdb->lock);
	if (open_anew(store, false) != STORE_OK)
		return STORE_ERROR;
	return lmdb_entry_take(store);
}
