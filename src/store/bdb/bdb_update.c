/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "bdb_operations.h"
#include "store/shared/store_get.h"

struct update {
	struct store_update of;
	bool has_duplicates; /* of keys, as only foreign files have */
	DBT value;	     /* of any length, in its own memory */
};

static int
update_record(DB *db, DB_TXN *txn, struct update *update, size_t index)
{
	DBT key = bdb_dbt(update->of.keys[index]);
	struct store_value next = { .len = 0 };
	enum store_action action;
	struct bytes value;
	int error = db->get(db, txn, &key, &update->value, 0);

	if (error != 0 && error != DB_NOTFOUND)
		return error;
	value = (struct bytes){ update->value.data, update->value.size };
	action = update->of.decide(update->of.argument, index,
	    error == DB_NOTFOUND ? NULL : &value, &next);
	if (update->of.read_only || action == STORE_LEAVE)
		return 0;
	if (action == STORE_PUT)
		return bdb_record_put(db, txn, update->of.keys[index], &next);
	error = db->del(db, txn, &key, 0);
	return error == DB_NOTFOUND ? 0 : error;
}

static int
update_work(struct bdb *bdb, void *argument)
{
	struct update *update = argument;
	DB *db = bdb->env.tables[update->of.table];
	DB_TXN *txn = NULL;
	u_int32_t flags = 0;
	int error = 0;

	if (!update->of.read_only) {
		error = db->get_flags(db, &flags);
		update->has_duplicates = (flags & DB_DUP) != 0;
		if (error != 0 || update->has_duplicates)
			return error;
		error = bdb->env.handle->txn_begin(
		    bdb->env.handle, NULL, &txn, 0);
	}
	for (size_t i = 0; i < update->of.count && error == 0; i++)
		error = update_record(db, txn, update, i);
	if (txn != NULL && error == 0)
		return txn->commit(txn, 0);
	if (txn != NULL)
		(void)txn->abort(txn);
	return error;
}

enum store_result
bdb_update(struct store *store, enum store_table table,
    const struct bytes *keys, size_t count, store_decide *decide,
    void *argument)
{
	struct update update = { .of = { table, keys, count, decide, argument,
				     store->options.read_only },
		.value = { .flags = DB_DBT_REALLOC } };
	const struct bdb *bdb = store->state;
	enum store_result result;

	if (bdb_unit_lacks_all(store)) {
		store_update_none(&update.of);
		return STORE_OK;
	}
	result = bdb_unit(store, update_work, &update);
	free(update.value.data);
	if (result == STORE_OK && update.has_duplicates)
		return store_failed(store,
		    "%s/%s: this database has several records of one key (it "
		    "was made with duplicates), and is only read; dump it, and "
		    "load it into a new one",
		    bdb->directory.path, bdb_files[table]);
	return result;
}
