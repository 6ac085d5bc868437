/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the LMDB engine offers, and what a check reads and writes.
 */
#include <stdlib.h>
#include <unistd.h>

#include "lmdb_entry.h"
#include "lmdb_operations.h"
#include "lmdb_records.h"
#include "lmdb_repair.h"
#include "store/shared/store_directory.h"
#include "store/shared/store_notes.h"

/* As that of store_dispatch.c: without memory the answer is --on-error's. */
static struct lmdb spare;

static void
use_as(struct store *store, struct bytes text)
{
	struct lmdb *lmdb = store->state;

	store_uses_begin(&lmdb->use, LMDB_LAYOUT,
	    store->options.read_only ? (struct bytes){ NULL, 0 } : text);
}

static bool
init(struct store *store, const char *scheme, const char *place,
    const char **reason)
{
	struct lmdb *lmdb;

	(void)scheme;
	if (*place == '\0') {
		*reason = "names no directory";
		return false;
	}
	lmdb = calloc(1, sizeof(*lmdb));
	if (lmdb == NULL && spare.options == NULL)
		lmdb = &spare;
	if (lmdb == NULL) {
		*reason = "out of memory";
		return false;
	}
	store->state = lmdb;
	lmdb->options = &store->options;
	lmdb->path = lmdb->disk.place = place;
	lmdb->fd = lmdb->lock.page.fd = -1;
	lmdb->pid = (uint32_t)getpid();
	use_as(store, store->options.use);
	return true;
}

static enum store_result
become_owner(struct store *store)
{
	const struct lmdb *lmdb = store->state;

	return store_directory_become_owner(store, lmdb->path);
}

static int
no_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	(void)lmdb;
	(void)txn;
	(void)argument;
	return 0;
}

static enum store_result
open_store(struct store *store)
{
	return lmdb_unit_read(store, no_work, NULL);
}

/* One that is too long to be read counts as unreadable. */
static struct bytes
readable(struct bytes value)
{
	if (value.len > STORE_VALUE_MAX)
		value.len = 0;
	return value;
}

static int
put_next(const struct lmdb_env *env, MDB_txn *txn, enum store_table table,
    struct bytes key, const struct store_value *next)
{
	return next->len == 0 ? 0 :
				lmdb_record_put(env, txn, table, key,
				    (struct bytes){ next->data, next->len });
}

/*
 * A new triplet, the most frequent case, costs one descent: it is put where
 * there is none.
 */
static int
triplet_work(const struct lmdb_env *env, MDB_txn *txn,
    const struct store_check *check, struct store_value *next_client)
{
	struct store_value next = { .len = 0 };
	struct bytes value;
	int error = lmdb_record_add(
	    env, txn, STORE_TRIPLETS, check->triplet, check->fresh, &value);

	if (error != 0 && error != MDB_KEYEXIST)
		return error;
	value = readable(value);
	check->on_triplet(
	    check->argument, error == 0 ? NULL : &value, &next, next_client);
	if (error == 0 &&
	    bytes_equal((struct bytes){ next.data, next.len }, check->fresh))
		return 0;
	return put_next(env, txn, STORE_TRIPLETS, check->triplet, &next);
}

static int
ask_client(const struct lmdb_env *env, MDB_txn *txn,
    const struct store_check *check, struct store_value *next, bool *decided)
{
	struct bytes value;
	int error;

	*decided = false;
	if (check->client.data == NULL)
		return 0;
	error = lmdb_record_get(env, txn, STORE_CLIENTS, check->client, &value);
	if (error != 0)
		return error;
	value = readable(value);
	*decided = check->on_client(
	    check->argument, value.data == NULL ? NULL : &value, next);
	return 0;
}

static int
check_one(
    const struct lmdb_env *env, MDB_txn *txn, const struct store_check *check)
{
	struct store_value next = { .len = 0 };
	bool decided;
	int error = ask_client(env, txn, check, &next, &decided);

	if (error == 0 && !decided)
		error = triplet_work(env, txn, check, &next);
	if (error == 0)
		error = put_next(env, txn, STORE_CLIENTS, check->client, &next);
	return error;
}

/* Several checks, all or none. */
struct batch {
	const struct store_check *const *checks;
	size_t count;
};

static int
check_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	const struct batch *batch = argument;
	int error = 0;

	for (size_t i = 0; i < batch->count && error == 0; i++)
		error = check_one(&lmdb->env, txn, batch->checks[i]);
	return error;
}

/* The check of a store that is only read. */
static int
look_at(
    const struct lmdb_env *env, MDB_txn *txn, const struct store_check *check)
{
	struct store_value ignored[STORE_TABLES] = { { .len = 0 } };
	struct bytes value;
	bool decided;
	int error = ask_client(env, txn, check, &ignored[0], &decided);

	if (error != 0 || decided)
		return error;
	error = lmdb_record_get(
	    env, txn, STORE_TRIPLETS, check->triplet, &value);
	if (error != 0)
		return error;
	value = readable(value);
	check->on_triplet(check->argument, value.data == NULL ? NULL : &value,
	    &ignored[0], &ignored[1]);
	return 0;
}

static int
look_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	static const struct lmdb_env empty;
	const struct batch *batch = argument;
	int error = 0;

	for (size_t i = 0; i < batch->count && error == 0; i++)
		error = look_at(
		    lmdb == NULL ? &empty : &lmdb->env, txn, batch->checks[i]);
	return error;
}

static enum store_result
check_store(
    struct store *store, const struct store_check *const *checks, size_t count)
{
	struct batch batch = { checks, count };

	if (!store->options.read_only)
		return lmdb_unit_write(store, check_work, &batch);
	if (!lmdb_unit_lacks_all(store))
		return lmdb_unit_read(store, look_work, &batch);
	(void)look_work(NULL, NULL, &batch);
	return STORE_OK;
}

static enum store_result
claim(struct store *store, const char *name, bool *claimed)
{
	struct lmdb *lmdb = store->state;

	if (lmdb_entry_open(store) != STORE_OK)
		return STORE_ERROR;
	return store_directory_claim(
	    store, lmdb->path, lmdb->fd, name, claimed);
}

static size_t
uses(struct store *store, struct store_use *out)
{
	const struct lmdb *lmdb = store->state;

	return store_uses_look(
	    lmdb->path, "grey.state", lmdb->lock.page.fd, false, out);
}

static enum store_use_news
use_news(struct store *store)
{
	struct lmdb *lmdb = store->state;
	enum store_use_news news = lmdb->use.news;

	lmdb->use.news = STORE_USE_AS_BEFORE;
	return news;
}

static bool
say_once(struct store *store, uint64_t mark)
{
	struct lmdb *lmdb = store->state;

	if (store->options.read_only || lmdb_entry_open(store) != STORE_OK ||
	    !store_page_is_whole(&lmdb->lock.page))
		return true;
	return store_notes_say_once(lmdb->lock.page.bytes, mark);
}

/* LMDB joins pages when records are deleted, and uses free ones again. */
static enum store_result
compact(struct store *store, enum store_table table,
    bool (*again)(void *argument), void *argument)
{
	(void)store;
	(void)table;
	(void)again;
	(void)argument;
	return STORE_OK;
}

/* Both tables at once: they are in one file. */
static enum store_result
shrink(struct store *store, enum store_table table)
{
	return table == STORE_TRIPLETS ?
	    lmdb_unit_alone(store, lmdb_repair_shrink) :
	    STORE_OK;
}

static void
close_store(struct store *store)
{
	lmdb_checkpoint_end(store);
	lmdb_unit_close(store);
	if (store->state == &spare)
		memset(&spare, 0, sizeof(spare));
	else
		free(store->state);
}

const struct store_engine store_lmdb = {
	.schemes = { "lmdb" },
	.form = "lmdb:DIRECTORY",
	.is_directory = true,
	.init = init,
	.become_owner = become_owner,
	.open = open_store,
	.check = check_store,
	.walk = lmdb_walk,
	.get = lmdb_get,
	.update = lmdb_update,
	.header = lmdb_header,
	.claim = claim,
	.checkpoint = lmdb_checkpoint,
	.checkpoint_step = lmdb_checkpoint_step,
	.use_as = use_as,
	.uses = uses,
	.use_news = use_news,
	.say_once = say_once,
	.compact = compact,
	.shrink = shrink,
	.position = lmdb_position,
	.size = lmdb_size,
	.close = close_store,
};
