/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the Berkeley DB engine offers, and what a check reads and writes.
 */
#include <stdint.h>
#include <stdlib.h>

#include "bdb_entry.h"
#include "bdb_logs.h"
#include "bdb_operations.h"
#include "store/shared/store_notes.h"

/* As that of store_dispatch.c: without memory the answer is --on-error's. */
static struct bdb spare;

static bool
init(struct store *store, const char *scheme, const char *place,
    const char **reason)
{
	(void)scheme;
	if (*place == '\0') {
		*reason = "names no directory";
		return false;
	}
	store->state = calloc(1, sizeof(struct bdb));
	if (store->state == NULL && spare.options == NULL)
		store->state = &spare;
	if (store->state == NULL) {
		*reason = "out of memory";
		return false;
	}
	bdb_init(store->state, place, &store->options);
	return true;
}

static enum store_result
become_owner(struct store *store)
{
	struct bdb *bdb = store->state;

	return store_directory_become_owner(store, bdb->directory.path);
}

static int
no_work(struct bdb *bdb, void *argument)
{
	(void)bdb;
	(void)argument;
	return 0;
}

static enum store_result
open_store(struct store *store)
{
	return bdb_unit(store, no_work, NULL);
}

/*
 * A new triplet, the most frequent case, costs one descent: it is put where
 * there is none. Where there is one it is read and then written.
 */
static int
triplet_work(struct bdb *bdb, DB_TXN *txn, const struct store_check *check,
    struct store_value *next_client)
{
	DB *db = bdb->env.tables[STORE_TRIPLETS];
	struct store_value next = { .len = 0 };
	char buffer[STORE_VALUE_MAX];
	DBT k = bdb_dbt(check->triplet), v = bdb_dbt(check->fresh);
	struct bytes value;
	int error = db->put(db, txn, &k, &v, DB_NOOVERWRITE);

	if (error == 0) {
		check->on_triplet(check->argument, NULL, &next, next_client);
		if (bytes_equal(
			(struct bytes){ next.data, next.len }, check->fresh))
			return 0;
		return bdb_record_put(db, txn, check->triplet, &next);
	}
	if (error != DB_KEYEXIST)
		return error;
	error = bdb_record_get(db, txn, check->triplet, buffer, &value);
	if (error != 0)
		return error;
	check->on_triplet(check->argument, &value, &next, next_client);
	return bdb_record_put(db, txn, check->triplet, &next);
}

static int
ask_client(DB *db, DB_TXN *txn, const struct store_check *check,
    struct store_value *next_client, bool *decided)
{
	char buffer[STORE_VALUE_MAX];
	struct bytes value;
	int error;

	*decided = false;
	if (check->client.data == NULL)
		return 0;
	error = bdb_record_get(db, txn, check->client, buffer, &value);
	if (error == 0)
		*decided = check->on_client(check->argument,
		    value.data == NULL ? NULL : &value, next_client);
	return error;
}

/* Several checks, all or none. */
struct batch {
	const struct store_check *const *checks;
	size_t count;
	DB_TXN *txn; /* NULL: nothing is to be stored yet */
};

static int
begin(struct bdb *bdb, struct batch *batch)
{
	DB_ENV *env = bdb->env.handle;

	return batch->txn != NULL ? 0 :
				    env->txn_begin(env, NULL, &batch->txn, 0);
}

static int
check_one(struct bdb *bdb, struct batch *batch, const struct store_check *check)
{
	struct store_value next_client = { .len = 0 };
	DB *clients = bdb->env.tables[STORE_CLIENTS];
	bool decided;
	int error = ask_client(
	    clients, batch->txn, check, &next_client, &decided);

	if (error != 0 || (decided && next_client.len == 0))
		return error;
	error = begin(bdb, batch);
	if (error == 0 && !decided)
		error = triplet_work(bdb, batch->txn, check, &next_client);
	if (error == 0)
		error = bdb_record_put(
		    clients, batch->txn, check->client, &next_client);
	return error;
}

static int
check_work(struct bdb *bdb, void *argument)
{
	struct batch *batch = argument;
	int error = 0;

	batch->txn = NULL;
	for (size_t i = 0; i < batch->count && error == 0; i++)
		error = check_one(bdb, batch, batch->checks[i]);
	if (batch->txn == NULL)
		return error;
	if (error == 0)
		return batch->txn->commit(batch->txn, 0);
	(void)batch->txn->abort(batch->txn);
	return error;
}

/* The check of a store that is only read. bdb NULL: there is nothing in it. */
static int
look_at(struct bdb *bdb, const struct store_check *check)
{
	static const struct bdb empty;
	DB *const *tables = (bdb == NULL ? &empty : bdb)->env.tables;
	struct store_value ignored;
	char buffer[STORE_VALUE_MAX];
	struct bytes value;
	bool decided;
	int error = ask_client(
	    tables[STORE_CLIENTS], NULL, check, &ignored, &decided);

	if (error != 0 || decided)
		return error;
	error = bdb_record_get(
	    tables[STORE_TRIPLETS], NULL, check->triplet, buffer, &value);
	if (error == 0)
		check->on_triplet(check->argument,
		    value.data == NULL ? NULL : &value, &ignored, &ignored);
	return error;
}

static int
look_work(struct bdb *bdb, void *argument)
{
	const struct batch *batch = argument;
	int error = 0;

	for (size_t i = 0; i < batch->count && error == 0; i++)
		error = look_at(bdb, batch->checks[i]);
	return error;
}

static enum store_result
check_store(
    struct store *store, const struct store_check *const *checks, size_t count)
{
	struct batch batch = { checks, count, NULL };

	if (!store->options.read_only)
		return bdb_unit(store, check_work, &batch);
	if (!bdb_unit_lacks_all(store))
		return bdb_unit(store, look_work, &batch);
	(void)look_work(NULL, &batch);
	return STORE_OK;
}

static void
use_as(struct store *store, struct bytes text)
{
	bdb_unit_use_as(store->state, text);
}

static size_t
uses(struct store *store, struct store_use *out)
{
	const struct bdb *bdb = store->state;

	return store_uses_look(
	    bdb->directory.path, "grey.lock", bdb->lock.page.fd, true, out);
}

static enum store_use_news
use_news(struct store *store)
{
	struct bdb *bdb = store->state;
	enum store_use_news news = bdb->use.news;

	bdb->use.news = STORE_USE_AS_BEFORE;
	return news;
}

static bool
say_once(struct store *store, uint64_t mark)
{
	struct bdb *bdb = store->state;

	if (store->options.read_only ||
	    bdb_entry_open(store, bdb) != STORE_OK ||
	    !bdb_lock_is_whole(&bdb->lock))
		return true;
	return store_notes_say_once(bdb->lock.page.bytes, mark);
}

static enum store_result
tidy(struct store *store, time_t now)
{
	struct bdb *bdb = store->state;
	int error;

	if (bdb_entry_open(store, bdb) != STORE_OK)
		return STORE_ERROR;
	error = bdb_logs_expire(bdb->directory.fd, now);
	if (error == 0)
		return STORE_OK;
	return store_failed(store, "%s: logs that were set aside: %s",
	    bdb->directory.path, strerror(error));
}

static void
close_store(struct store *store)
{
	bdb_checkpoint_end(store);
	bdb_close(store);
	if (store->state == &spare)
		memset(&spare, 0, sizeof(spare));
	else
		free(store->state);
}

const struct store_engine store_bdb = {
	.schemes = { "bdb" },
	.form = "bdb:DIRECTORY",
	.is_directory = true,
	.init = init,
	.become_owner = become_owner,
	.open = open_store,
	.check = check_store,
	.walk = bdb_walk,
	.get = bdb_get,
	.update = bdb_update,
	.header = bdb_header,
	.claim = bdb_claim,
	.checkpoint = bdb_checkpoint,
	.use_as = use_as,
	.uses = uses,
	.use_news = use_news,
	.say_once = say_once,
	.checkpoint_step = bdb_checkpoint_step,
	.compact = bdb_compact,
	.shrink = bdb_shrink,
	.position = bdb_position,
	.size = bdb_size,
	.tidy = tidy,
	.close = close_store,
};
