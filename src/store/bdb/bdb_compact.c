/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>

#include "bdb_error.h"
#include "bdb_guarded.h"
#include "bdb_operations.h"

/*
 * A slice ends when SLICE_PAGES are freed, or where SLICE_BYTES of records end:
 * a dense table has nothing to free, and would be gone over as a whole.
 */
enum { SLICE_PAGES = 5, SLICE_BYTES = 64 * 1024, SHRINK_TENTHS = 36000 };

struct compact {
	enum store_table table;
	bool shrink;
	bool done;
	char *from; /* where the next slice begins; malloc'ed */
	size_t from_len;
	char *records; /* SLICE_BYTES */
};

static DBT
from_of(const struct compact *compact)
{
	return bdb_dbt((struct bytes){ compact->from, compact->from_len });
}

/*
 * The last key of a slice, in compact->records; data NULL: no more records
 * follow it (or one that is larger than a slice).
 */
static int
find_stop(DBC *cursor, struct compact *compact, DBT *stop)
{
	DBT key = from_of(compact), nothing = { .flags = DB_DBT_PARTIAL };
	DBT data = { .ulen = SLICE_BYTES, .flags = DB_DBT_USERMEM };
	u_int8_t *key_data, *value_data;
	u_int32_t key_len, value_len;
	void *position;
	int error;

	stop->data = NULL;
	data.data = compact->records;
	error = cursor->get(cursor, &key, &data,
	    (compact->from == NULL ? DB_FIRST : DB_SET_RANGE) |
		DB_MULTIPLE_KEY);
	if (error == 0)
		error = cursor->get(cursor, &key, &nothing, DB_NEXT);
	if (error != 0)
		return error == DB_NOTFOUND || error == DB_BUFFER_SMALL ? 0 :
									  error;
	DB_MULTIPLE_INIT(position, &data);
	for (;;) {
		DB_MULTIPLE_KEY_NEXT(
		    position, &data, key_data, key_len, value_data, value_len);
		if (position == NULL)
			break;
		*stop = (DBT){ .data = key_data, .size = key_len };
	}
	(void)value_data;
	(void)value_len;
	return 0;
}

/* If it does not, pages lead back, and there would be no end. */
static bool
comes_after(const DBT *stop, const struct compact *compact)
{
	return compact->from == NULL ||
	    bytes_compare((struct bytes){ stop->data, stop->size },
		(struct bytes){ compact->from, compact->from_len }) >= 0;
}

/* The next slice begins at the key, or after it. */
static int
move_to(struct compact *compact, const DBT *key, bool after)
{
	char *copy = malloc(key->size + 1);

	if (copy == NULL)
		return ENOMEM;
	if (key->size > 0)
		memcpy(copy, key->data, key->size);
	copy[key->size] = '\0';
	free(compact->from);
	compact->from = copy;
	compact->from_len = key->size + after;
	return 0;
}

static int
compact_slice(DB *db, struct compact *compact, DBT *stop)
{
	DB_COMPACT how = { .compact_pages = SLICE_PAGES };
	DBT begin = from_of(compact), end = { .flags = DB_DBT_MALLOC };
	int error = db->compact(db, NULL, compact->from == NULL ? NULL : &begin,
	    stop->data == NULL ? NULL : stop, &how, 0, &end);

	if (error != 0)
		return error;
	if (how.compact_pages_free >= SLICE_PAGES)
		error = move_to(compact, &end, false);
	else if (stop->data != NULL)
		error = move_to(compact, stop, true);
	else
		compact->done = true;
	free(end.data);
	return error;
}

static int
compact_work(struct bdb *bdb, void *argument)
{
	struct compact *compact = argument;
	DB *db = bdb->env.tables[compact->table];
	DBC *cursor;
	DBT stop;
	int error, closed;

	if (compact->shrink)
		return db->compact(
		    db, NULL, NULL, NULL, NULL, DB_FREE_SPACE, NULL);
	error = db->cursor(db, NULL, &cursor, 0);
	if (error != 0)
		return error;
	error = find_stop(cursor, compact, &stop);
	closed = cursor->close(cursor);
	if (error == 0)
		error = closed;
	if (error == 0 && stop.data != NULL && !comes_after(&stop, compact)) {
		bdb_suspect(bdb);
		bdb->condemned[compact->table] = true;
		bdb_error_say(
		    "%s: the keys are not in order", bdb_files[compact->table]);
		return DB_RUNRECOVERY;
	}
	return error == 0 ? compact_slice(db, compact, &stop) : error;
}

enum store_result
bdb_compact(struct store *store, enum store_table table,
    bool (*again)(void *argument), void *argument)
{
	struct compact compact = { .table = table,
		.records = malloc(SLICE_BYTES) };
	enum store_result result = STORE_OK;

	if (compact.records == NULL)
		return bdb_unit_no_memory(store);
	while (result == STORE_OK && !compact.done && again(argument)) {
		result = bdb_unit(store, compact_work, &compact);
		while (bdb_checkpoint_step(store) == STORE_STEP_MORE)
			continue;
	}
	free(compact.from);
	free(compact.records);
	return result;
}

enum store_result
bdb_shrink(struct store *store, enum store_table table)
{
	struct compact compact = { .table = table, .shrink = true };
	struct bdb *bdb = store->state;
	enum store_result result;

	bdb->unit_tenths = SHRINK_TENTHS;
	result = bdb_unit(store, compact_work, &compact);
	bdb->unit_tenths = BDB_UNIT_TENTHS;
	return result;
}
