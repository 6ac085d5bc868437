/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads or changes records by their keys. */
#include "lmdb_operations.h"
#include "lmdb_records.h"
#include "store/shared/store_get.h"
#include "store/shared/store_slice.h"

static int
get_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	struct store_get *get = argument;
	int64_t begun = monotonic_nanoseconds();
	struct bytes value;
	int error;

	for (get->shown = get->done; get->shown < get->count; get->shown++) {
		if (get->shown > get->done && store_slice_is_over(begun))
			return 0;
		error = lmdb_record_get(
		    &lmdb->env, txn, get->table, get->keys[get->shown], &value);
		if (error != 0)
			return error;
		get->show(get->argument, get->shown,
		    value.data == NULL ? NULL : &value);
	}
	return 0;
}

static enum store_result
get_unit(struct store *store, struct store_get *get)
{
	return lmdb_unit_read(store, get_work, get);
}

enum store_result
lmdb_get(struct store *store, enum store_table table, const struct bytes *keys,
    size_t count, store_show *show, void *argument)
{
	struct store_get get = { table, keys, count, show, argument, 0, 0 };

	if (!lmdb_unit_lacks_all(store))
		return store_get_in_units(store, &get, get_unit);
	store_get_none(&get);
	return STORE_OK;
}

static int
update_record(const struct lmdb_env *env, MDB_txn *txn,
    const struct store_update *update, size_t index)
{
	struct store_value next = { .len = 0 };
	struct bytes value = { NULL, 0 }, key = update->keys[index];
	enum store_action action;
	int error = lmdb_record_get(env, txn, update->table, key, &value);

	if (error != 0)
		return error;
	action = update->decide(
	    update->argument, index, value.data == NULL ? NULL : &value, &next);
	if (update->read_only || action == STORE_LEAVE)
		return 0;
	if (action == STORE_DELETE)
		return lmdb_record_delete(env, txn, update->table, key);
	return next.len == 0 ? 0 :
			       lmdb_record_put(env, txn, update->table, key,
				   (struct bytes){ next.data, next.len });
}

static int
update_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	const struct store_update *update = argument;
	int error = 0;

	for (size_t i = 0; i < update->count && error == 0; i++)
		error = update_record(&lmdb->env, txn, update, i);
	return error;
}

enum store_result
lmdb_update(struct store *store, enum store_table table,
    const struct bytes *keys, size_t count, store_decide *decide,
    void *argument)
{
	struct store_update update = { table, keys, count, decide, argument,
		store->options.read_only };

	if (!lmdb_unit_lacks_all(store))
		return update.read_only ?
		    lmdb_unit_read(store, update_work, &update) :
		    lmdb_unit_write(store, update_work, &update);
	store_update_none(&update);
	return STORE_OK;
}
