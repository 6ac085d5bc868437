/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "bdb_change.h"
#include "bdb_record.h"
#include "bdb_unit.h"

struct change {
	enum store_table table;
	const struct bytes *keys;
	size_t count;
	store_decide *decide;
	void *argument;
	bool read_only;
	bool has_duplicates; /* of keys, as only foreign files have */
	DBT value;	     /* of any length, in its own memory */
};

static int
change_record(DB *db, DB_TXN *txn, struct change *change, size_t index)
{
	DBT key = bdb_dbt(change->keys[index]);
	struct store_value next = { .len = 0 };
	enum store_deed deed;
	struct bytes value;
	int error = db == NULL ? DB_NOTFOUND :
				 db->get(db, txn, &key, &change->value, 0);

	if (error != 0 && error != DB_NOTFOUND)
		return error;
	value = (struct bytes){ change->value.data, change->value.size };
	deed = change->decide(change->argument, index,
	    error == DB_NOTFOUND ? NULL : &value, &next);
	if (change->read_only || deed == STORE_LEAVE)
		return 0;
	if (deed == STORE_PUT)
		return bdb_put(db, txn, change->keys[index], &next);
	error = db->del(db, txn, &key, 0);
	return error == DB_NOTFOUND ? 0 : error;
}

static int
change_records(DB *db, DB_TXN *txn, struct change *change)
{
	int error = 0;

	for (size_t i = 0; i < change->count && error == 0; i++)
		error = change_record(db, txn, change, i);
	return error;
}

static int
change_work(struct bdb *bdb, void *argument)
{
	struct change *change = argument;
	DB *db = bdb_table(bdb, change->table);
	DB_TXN *txn;
	u_int32_t flags;
	int error;

	if (change->read_only)
		return change_records(db, NULL, change);
	error = db->get_flags(db, &flags);
	change->has_duplicates = (flags & DB_DUP) != 0;
	if (error != 0 || change->has_duplicates)
		return error;
	error = bdb->env.handle->txn_begin(bdb->env.handle, NULL, &txn, 0);
	if (error != 0)
		return error;
	error = change_records(db, txn, change);
	if (error == 0)
		return txn->commit(txn, 0);
	(void)txn->abort(txn);
	return error;
}

enum store_result
bdb_change(struct store *store, enum store_table table,
    const struct bytes *keys, size_t count, store_decide *decide,
    void *argument)
{
	struct change change = { .table = table,
		.keys = keys,
		.count = count,
		.decide = decide,
		.argument = argument,
		.read_only = store->options.read_only,
		.value = { .flags = DB_DBT_REALLOC } };
	enum store_result result = bdb_unit(store, change_work, &change);

	free(change.value.data);
	if (result == STORE_OK && change.has_duplicates)
		return store_failed(store,
		    "this database has several records of one key (it was "
		    "made with duplicates), and is only read; dump it, and "
		    "load it into a new one");
	return result;
}
