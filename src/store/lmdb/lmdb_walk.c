/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shows all records in the order of their keys. A slice is copied in a
 * transaction that reads, and shown when that has ended.
 */
#include <stdint.h>
#include <stdlib.h>

#include "store/shared/store_slice.h"
#include "lmdb_error.h"
#include "lmdb_keys.h"
#include "lmdb_operations.h"
#include "lmdb_snapshot.h"

enum {
	BUFFER_BYTES = 1024 * 1024,
	/* Of the records whose keys have the same front, which are to be put
	   in order: so many at a time. */
	RUN_MAX = 4096
};

struct record {
	struct bytes key, value;
};

struct walk {
	enum store_table table;
	store_visit *visit;
	void *argument;
	struct bytes at; /* the key of the last record that was shown */
	char *at_room;	 /* malloc'ed */
	bool inclusive;	 /* none was: at itself is to be shown, too */
	bool ended;
	/* The slice: each a struct lengths, the key and the value. */
	char *buffer;
	size_t size, used;
	bool is_full;
	struct record *run; /* RUN_MAX * 2 of them */
	size_t run_len;
	bool run_is_cut;
};

struct lengths {
	size_t key, value;
};

static bool
is_wanted(const struct walk *walk, struct bytes key)
{
	int order = bytes_compare(key, walk->at);

	return order > 0 || (order == 0 && walk->inclusive);
}

/* False: the slice ends before it. */
static bool
append(struct walk *walk, const struct record *record)
{
	struct lengths lengths = { record->key.len, record->value.len };
	size_t needed = sizeof(lengths) + lengths.key + lengths.value;
	char *to;

	if (needed > walk->size - walk->used && walk->used == 0) {
		to = realloc(walk->buffer, needed);
		if (to != NULL) {
			walk->buffer = to;
			walk->size = needed;
		}
	}
	walk->is_full = needed > walk->size - walk->used;
	if (walk->is_full)
		return false;
	to = walk->buffer + walk->used;
	memcpy(to, &lengths, sizeof(lengths));
	if (lengths.key > 0)
		memcpy(to + sizeof(lengths), record->key.data, lengths.key);
	if (lengths.value > 0)
		memcpy(to + sizeof(lengths) + lengths.key, record->value.data,
		    lengths.value);
	walk->used += needed;
	return true;
}

static int
compare(const void *a, const void *b)
{
	return bytes_compare(
	    ((const struct record *)a)->key, ((const struct record *)b)->key);
}

static void
cut_run(struct walk *walk)
{
	qsort(walk->run, walk->run_len, sizeof(*walk->run), compare);
	if (walk->run_len <= RUN_MAX)
		return;
	walk->run_len = RUN_MAX;
	walk->run_is_cut = true;
}

static bool
has_front(const MDB_val *key, const char *front)
{
	return key->mv_size >= LMDB_FRONT &&
	    memcmp(key->mv_data, front, LMDB_FRONT) == 0;
}

/*
 * From the first of a run on, whose keys have the same front: those that are
 * wanted are put in order. The cursor is then after it.
 */
static int
read_run(struct walk *walk, MDB_cursor *cursor, MDB_val *key, MDB_val *value)
{
	char front[LMDB_FRONT];
	struct record record;
	int error = 0;

	memcpy(front, key->mv_data, sizeof(front));
	walk->run_len = 0;
	walk->run_is_cut = false;
	while (error == 0 && has_front(key, front)) {
		lmdb_key_read(key, value, &record.key, &record.value);
		if (is_wanted(walk, record.key))
			walk->run[walk->run_len++] = record;
		if (walk->run_len == RUN_MAX * 2)
			cut_run(walk);
		error = mdb_cursor_get(cursor, key, value, MDB_NEXT);
	}
	cut_run(walk);
	for (size_t i = 0; i < walk->run_len; i++) {
		if (!append(walk, &walk->run[i]))
			break;
	}
	walk->is_full |= walk->run_is_cut;
	return error;
}

/* The empty key is the first, but is not kept where it belongs. */
static int
read_empty(struct walk *walk, MDB_cursor *cursor)
{
	struct record record;
	struct lmdb_key made;
	MDB_val value;
	int error;

	if (walk->at.len > 0 || !walk->inclusive)
		return 0;
	lmdb_key_make(&made, walk->at);
	error = mdb_cursor_get(cursor, &made.stored, &value, MDB_SET);
	if (error != 0)
		return error == MDB_NOTFOUND ? 0 : error;
	lmdb_key_read(&made.stored, &value, &record.key, &record.value);
	if (record.key.len == 0)
		(void)append(walk, &record);
	return 0;
}

/* Where the walk is; at its run's beginning, if it is in one. */
static int
find_place(
    const struct walk *walk, MDB_cursor *cursor, MDB_val *key, MDB_val *value)
{
	if (walk->at.len == 0)
		return mdb_cursor_get(cursor, key, value, MDB_FIRST);
	*key = (MDB_val){ walk->at.len < LMDB_FRONT ? walk->at.len : LMDB_FRONT,
		(void *)(uintptr_t)walk->at.data };
	return mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
}

/* A page that leads back would show the same keys again, for ever. */
static bool
is_in_order(const MDB_val *before, const MDB_val *key)
{
	return before->mv_data == NULL ||
	    bytes_compare((struct bytes){ before->mv_data, before->mv_size },
		(struct bytes){ key->mv_data, key->mv_size }) < 0;
}

static int
read_slice(struct walk *walk, MDB_cursor *cursor)
{
	int64_t begun = monotonic_nanoseconds();
	MDB_val key, value, before = { 0, NULL };
	struct record record;
	int error = find_place(walk, cursor, &key, &value);

	while (error == 0 && !walk->is_full) {
		if (!is_in_order(&before, &key))
			return MDB_CORRUPTED;
		before = key;
		if (key.mv_size >= LMDB_FRONT) {
			error = read_run(walk, cursor, &key, &value);
		} else {
			record.key = (struct bytes){ key.mv_data, key.mv_size };
			record.value = (struct bytes){ value.mv_data,
				value.mv_size };
			if (is_wanted(walk, record.key))
				(void)append(walk, &record);
			if (!walk->is_full)
				error = mdb_cursor_get(
				    cursor, &key, &value, MDB_NEXT);
		}
		if (walk->used > 0 && store_slice_is_over(begun))
			break;
	}
	walk->ended = error == MDB_NOTFOUND && !walk->is_full;
	return error == MDB_NOTFOUND ? 0 : error;
}

static int
walk_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	struct walk *walk = argument;
	MDB_cursor *cursor;
	int error;

	walk->used = 0;
	walk->is_full = false;
	walk->ended = !lmdb->env.has_table[walk->table];
	if (walk->ended)
		return 0;
	error = mdb_cursor_open(txn, lmdb->env.table[walk->table], &cursor);
	if (error != 0)
		return error;
	error = read_empty(walk, cursor);
	if (error == 0)
		error = read_slice(walk, cursor);
	mdb_cursor_close(cursor);
	return error;
}

/* False: out of memory. */
static bool
remember(struct walk *walk, struct bytes key)
{
	char *room = realloc(walk->at_room, key.len + 1);

	if (room == NULL)
		return false;
	if (key.len > 0)
		memcpy(room, key.data, key.len);
	walk->at_room = room;
	walk->at = (struct bytes){ room, key.len };
	return true;
}

static bool
visit_slice(struct walk *walk)
{
	struct bytes key = { NULL, 0 };
	struct lengths lengths;
	bool more = true;
	char *from = walk->buffer, *end = walk->buffer + walk->used;

	while (from < end && more) {
		memcpy(&lengths, from, sizeof(lengths));
		from += sizeof(lengths);
		key = (struct bytes){ from, lengths.key };
		from += lengths.key;
		more = walk->visit(
		    walk->argument, key, (struct bytes){ from, lengths.value });
		from += lengths.value;
	}
	walk->ended |= !more;
	if (key.data == NULL)
		return true;
	walk->inclusive = false;
	return remember(walk, key);
}

static bool
begin(struct walk *walk, struct bytes from)
{
	walk->buffer = malloc(BUFFER_BYTES);
	walk->size = BUFFER_BYTES;
	walk->run = malloc(sizeof(*walk->run) * RUN_MAX * 2);
	return walk->buffer != NULL && walk->run != NULL &&
	    remember(walk, from);
}

enum store_result
lmdb_walk(struct store *store, enum store_table table, struct bytes from,
    store_visit *visit, void *argument)
{
	struct walk walk = { .table = table,
		.visit = visit,
		.argument = argument,
		.inclusive = true };
	enum store_result result = STORE_OK;
	bool has_memory;

	if (lmdb_unit_lacks_all(store))
		return store_failed(store,
		    "%s: there is no greylist, no " LMDB_FILE,
		    store_directory(store));
	if (store->options.background && !store->options.read_only &&
	    from.len == 0)
		(void)lmdb_snapshot_examine(store);
	has_memory = begin(&walk, from);
	while (has_memory && result == STORE_OK && !walk.ended) {
		result = lmdb_unit_read(store, walk_work, &walk);
		if (result == STORE_OK)
			has_memory = (!walk.is_full || walk.used > 0) &&
			    visit_slice(&walk);
	}
	free(walk.buffer);
	free(walk.run);
	free(walk.at_room);
	return has_memory ? result : lmdb_unit_no_memory(store);
}
