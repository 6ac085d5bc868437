/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads many records. What a page holds is read at once, as a window onto the
 * table, and also answers for the keys after it that lie in the window.
 */
#include <errno.h>
#include <stdlib.h>

#include "bdb_operations.h"
#include "store/shared/store_get.h"
#include "store/shared/store_slice.h"

enum { ENTRIES_MAX = 1024 };

struct get {
	struct store_get of; /* first, as it is passed on */
	/* The window, if there is one: all records from the key `from` to the
	   last entry, or to the table's end. */
	bool has_window, to_end;
	struct bytes from;
	size_t entries;
	struct entry {
		struct bytes key, value;
	} entry[ENTRIES_MAX];
	char *buffer;
	u_int32_t size;
};

static int
make_room(struct get *get, u_int32_t size)
{
	char *buffer = realloc(get->buffer, size);

	if (buffer == NULL)
		return ENOMEM;
	get->buffer = buffer;
	get->size = size;
	return 0;
}

static void
take_entries(struct get *get, DBT *data)
{
	u_int8_t *key, *value;
	u_int32_t key_len, value_len;
	void *position;

	DB_MULTIPLE_INIT(position, data);
	while (get->entries < ENTRIES_MAX) {
		DB_MULTIPLE_KEY_NEXT(
		    position, data, key, key_len, value, value_len);
		if (position == NULL)
			break;
		get->entry[get->entries++] = (struct entry){
			{ (char *)key, key_len }, { (char *)value, value_len }
		};
	}
}

static int
read_window(struct get *get, DBC *cursor, struct bytes from)
{
	int error;

	get->has_window = true;
	get->from = from;
	get->entries = 0;
	do {
		DBT key = bdb_dbt(from);
		DBT window = { .data = get->buffer,
			.ulen = get->size,
			.flags = DB_DBT_USERMEM };

		error = cursor->get(
		    cursor, &key, &window, DB_SET_RANGE | DB_MULTIPLE_KEY);
		get->to_end = error == DB_NOTFOUND;
		if (error == 0)
			take_entries(get, &window);
		else if (error == DB_BUFFER_SMALL)
			error = make_room(get, (window.size / 1024 + 1) * 1024);
		else
			return get->to_end ? 0 : error;
	} while (error == 0 && get->entries == 0);
	return error;
}

/* False: the window does not reach there. *value: NULL if absent. */
static bool
find(const struct get *get, struct bytes key, const struct bytes **value)
{
	size_t low = 0, high = get->entries;

	*value = NULL;
	if (!get->has_window || bytes_compare(key, get->from) < 0)
		return false;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (bytes_compare(get->entry[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == get->entries)
		return get->to_end;
	if (bytes_equal(get->entry[low].key, key))
		*value = &get->entry[low].value;
	return true;
}

/* Ends when all is shown, or the time of a unit of work is over. */
static int
show_keys(struct get *get, DBC *cursor)
{
	struct store_get *of = &get->of;
	int64_t begun = monotonic_nanoseconds();
	const struct bytes *value;
	int error;

	while (of->shown < of->count) {
		struct bytes key = of->keys[of->shown];

		if (!find(get, key, &value)) {
			if (of->shown > of->done && store_slice_is_over(begun))
				return 0;
			error = read_window(get, cursor, key);
			if (error != 0)
				return error;
			(void)find(get, key, &value);
		}
		of->show(of->argument, of->shown++, value);
	}
	return 0;
}

static int
get_work(struct bdb *bdb, void *argument)
{
	struct get *get = argument;
	DB *db = bdb->env.tables[get->of.table];
	DBC *cursor;
	int error = 0, closed;

	get->of.shown = get->of.done;
	get->has_window = false;
	if (db == NULL) {
		store_get_none(&get->of);
		return 0;
	}
	if (get->buffer == NULL)
		error = db->get_pagesize(db, &get->size);
	if (error == 0)
		error = make_room(get, get->size);
	if (error == 0)
		error = db->cursor(db, NULL, &cursor, 0);
	if (error != 0)
		return error;
	error = show_keys(get, cursor);
	closed = cursor->close(cursor);
	return error != 0 ? error : closed;
}

static enum store_result
get_unit(struct store *store, struct store_get *of)
{
	return bdb_unit(store, get_work, of);
}

enum store_result
bdb_get(struct store *store, enum store_table table, const struct bytes *keys,
    size_t count, store_show *show, void *argument)
{
	struct get *get = malloc(sizeof(*get));
	enum store_result result;

	if (get == NULL)
		return bdb_unit_no_memory(store);
	get->of = (struct store_get){ table, keys, count, show, argument, 0,
		0 };
	get->buffer = NULL;
	result = store_get_in_units(store, &get->of, get_unit);
	free(get->buffer);
	free(get);
	return result;
}
