/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads or changes records by their keys. */
#include "common/monotonic.h"
#include "lmdb_operations.h"
#include "lmdb_records.h"

struct get {
	enum store_table table;
	const struct bytes *keys;
	size_t count;
	store_show *show;
	void *argument;
	size_t done;  /* of the keys, in units of work that have ended */
	size_t shown; /* in this one, too */
};

static int
get_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	struct get *get = argument;
	int64_t begun = monotonic_nanoseconds();
	struct bytes value;
	int error;

	for (get->shown = get->done; get->shown < get->count; get->shown++) {
		if (get->shown > get->done &&
		    monotonic_nanoseconds() - begun >= LMDB_SLICE_NANOSECONDS)
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

enum store_result
lmdb_get(struct store *store, enum store_table table, const struct bytes *keys,
    size_t count, store_show *show, void *argument)
{
	struct get get = { table, keys, count, show, argument, 0, 0 };
	enum store_result result = STORE_OK;

	if (lmdb_unit_lacks_all(store)) {
		for (size_t i = 0; i < count; i++)
			show(argument, i, NULL);
		return STORE_OK;
	}
	while (get.done < count && result == STORE_OK) {
		result = lmdb_unit_read(store, get_work, &get);
		get.done = get.shown;
	}
	return result;
}

struct update {
	enum store_table table;
	const struct bytes *keys;
	size_t count;
	store_decide *decide;
	void *argument;
	bool read_only;
};

/* env NULL: there is nothing in it. */
static int
update_record(const struct lmdb_env *env, MDB_txn *txn,
    const struct update *update, size_t index)
{
	struct store_value next = { .len = 0 };
	struct bytes value = { NULL, 0 }, key = update->keys[index];
	enum store_action action;
	int error = env == NULL ?
	    0 :
	    lmdb_record_get(env, txn, update->table, key, &value);

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
	const struct update *update = argument;
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
	struct update update = { table, keys, count, decide, argument,
		store->options.read_only };

	if (!lmdb_unit_lacks_all(store))
		return update.read_only ?
		    lmdb_unit_read(store, update_work, &update) :
		    lmdb_unit_write(store, update_work, &update);
	for (size_t i = 0; i < count; i++)
		(void)update_record(NULL, NULL, &update, i);
	return STORE_OK;
}
