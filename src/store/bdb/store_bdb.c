/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Berkeley DB engine: postgrey's files in a directory. What keeps them
 * whole is in bdb_unit.h; here is what a check reads and writes.
 */
#include <stdint.h>
#include <stdlib.h>

#include "bdb_change.h"
#include "bdb_compact.h"
#include "bdb_record.h"
#include "bdb_table.h"
#include "bdb_tidy.h"
#include "bdb_unit.h"
#include "bdb_walk.h"
#include "store/store.h"

static bool
init(struct store *store, const char *place, const char **reason)
{
	if (*place == '\0') {
		*reason = "names no directory";
		return false;
	}
	store->state = calloc(1, sizeof(struct bdb));
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

	return bdb_directory_become_owner(&bdb->directory, store);
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
	DB *db = bdb->env.triplets;
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
		return bdb_put(db, txn, check->triplet, &next);
	}
	if (error != DB_KEYEXIST)
		return error;
	error = bdb_get(db, txn, check->triplet, buffer, &value);
	if (error != 0)
		return error;
	check->on_triplet(check->argument, &value, &next, next_client);
	return bdb_put(db, txn, check->triplet, &next);
}

static int
triplet_transaction(struct bdb *bdb, const struct store_check *check,
    struct store_value *next_client)
{
	DB_TXN *txn;
	int error = bdb->env.handle->txn_begin(bdb->env.handle, NULL, &txn, 0);

	if (error != 0)
		return error;
	error = triplet_work(bdb, txn, check, next_client);
	if (error == 0)
		error = bdb_put(
		    bdb->env.clients, txn, check->client, next_client);
	if (error == 0)
		return txn->commit(txn, 0);
	(void)txn->abort(txn);
	return error;
}

static int
check_work(struct bdb *bdb, void *argument)
{
	const struct store_check *check = argument;
	struct store_value next_client = { .len = 0 };
	char buffer[STORE_VALUE_MAX];
	struct bytes value;
	bool decided = false;
	int error;

	if (check->client.data != NULL) {
		error = bdb_get(
		    bdb->env.clients, NULL, check->client, buffer, &value);
		if (error != 0)
			return error;
		decided = check->on_client(check->argument,
		    value.data == NULL ? NULL : &value, &next_client);
	}
	if (decided)
		return bdb_put(
		    bdb->env.clients, NULL, check->client, &next_client);
	return triplet_transaction(bdb, check, &next_client);
}

/* The check of a store that is only read. bdb NULL: there is nothing in it. */
static int
look_work(struct bdb *bdb, void *argument)
{
	const struct store_check *check = argument;
	struct store_value ignored;
	char buffer[STORE_VALUE_MAX];
	struct bytes value = { NULL, 0 };
	int error = 0;

	if (check->client.data != NULL) {
		if (bdb != NULL)
			error = bdb_get(bdb->env.clients, NULL, check->client,
			    buffer, &value);
		if (error != 0 ||
		    check->on_client(check->argument,
			value.data == NULL ? NULL : &value, &ignored))
			return error;
	}
	if (bdb != NULL)
		error = bdb_get(
		    bdb->env.triplets, NULL, check->triplet, buffer, &value);
	if (error == 0)
		check->on_triplet(check->argument,
		    value.data == NULL ? NULL : &value, &ignored, &ignored);
	return error;
}

static enum store_result
check_store(struct store *store, const struct store_check *check)
{
	const struct bdb *bdb = store->state;
	void *argument = (void *)(uintptr_t)check;

	if (!store->options.read_only)
		return bdb_unit(store, check_work, argument);
	if (!bdb_directory_lacks(&bdb->directory, BDB_TRIPLETS) ||
	    !bdb_directory_lacks(&bdb->directory, BDB_CLIENTS))
		return bdb_unit(store, look_work, argument);
	(void)look_work(NULL, argument);
	return STORE_OK;
}

static void
close_store(struct store *store)
{
	bdb_tidy_end(store);
	bdb_close(store->state);
	free(store->state);
}

const struct store_engine store_bdb = { "bdb", init, become_owner, open_store,
	check_store, bdb_walk, bdb_change, bdb_header, bdb_claim,
	bdb_tidy_whole, bdb_compact, bdb_shrink, bdb_position, bdb_size,
	bdb_tidy_step, close_store };
