/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "bdb_error.h"
#include "bdb_guarded.h"
#include "bdb_operations.h"
#include "store/shared/store_slice.h"

enum {
	BUFFER_BYTES = 1024 * 1024, /* read in one unit of work at most */
	PAGE_MAX = 64 * 1024	    /* Berkeley DB's largest page */
};

/*
 * Where a walk is: after the first `seen` records of the key `at` (there may be
 * several in files that are not ours), or before all of them.
 */
struct walk {
	enum store_table table;
	store_visit *visit;
	void *argument;
	char *at;
	size_t at_len;
	size_t seen;
	bool ended;   /* at the end of the table, or no more is wanted */
	char *buffer; /* parts of part_size each, as bulk reads fill them */
	size_t part_size, parts_max;
	size_t parts_wanted; /* few at first: much may not be asked for */
	size_t parts;	     /* that are filled */
	size_t needed;	     /* not 0: the next record is larger than a part */
	bool has_duplicates; /* so that keys may be equal */
	size_t shown;	     /* of records, after the last unit */
	bool disordered;     /* a key did not come after the one before */
	bool ended_early;    /* ... or there is one after the last of them */
	int disorders;	     /* how often that was so */
	int failures;	     /* of the unit that makes it known */
};

static DBT
part_of(const struct walk *walk, size_t part)
{
	return (DBT){ .data = walk->buffer + part * walk->part_size,
		.ulen = (u_int32_t)walk->part_size,
		.flags = DB_DBT_USERMEM };
}

/* Puts the cursor where the walk is; *how: what to read there first. */
static int
go_on(const struct walk *walk, DBC *cursor, u_int32_t *how)
{
	DBT key = { .data = walk->at, .size = (u_int32_t)walk->at_len };
	DBT nothing = { .flags = DB_DBT_PARTIAL };
	int error = cursor->get(cursor, &key, &nothing, DB_SET_RANGE);

	*how = DB_CURRENT;
	if (error != 0 || walk->seen == 0 ||
	    !bytes_equal((struct bytes){ key.data, key.size },
		(struct bytes){ walk->at, walk->at_len }))
		return error;
	*how = DB_NEXT;
	for (size_t i = 1; i < walk->seen && error == 0; i++)
		error = cursor->get(cursor, &key, &nothing, DB_NEXT_DUP);
	return error == DB_NOTFOUND ? 0 : error;
}

/* Of the parts; of where the walk is, if there are none. */
static struct bytes
last_key(const struct walk *walk)
{
	struct bytes last = { walk->at, walk->at_len };
	u_int8_t *key, *value;
	u_int32_t key_len, value_len;
	void *position;
	DBT data;

	if (walk->parts == 0)
		return last;
	data = part_of(walk, walk->parts - 1);
	DB_MULTIPLE_INIT(position, &data);
	for (;;) {
		DB_MULTIPLE_KEY_NEXT(
		    position, &data, key, key_len, value, value_len);
		if (position == NULL)
			break;
		if (key + key_len > (u_int8_t *)data.data + data.ulen)
			break;
		last = (struct bytes){ (char *)key, key_len };
	}
	(void)value;
	(void)value_len;
	return last;
}

/* A page that leads to itself ends a walk, too. */
static int
look_for_more(struct walk *walk, DBC *cursor)
{
	DBT key = { .data = NULL }, nothing = { .flags = DB_DBT_PARTIAL };
	int error = cursor->get(cursor, &key, &nothing, DB_LAST);

	walk->ended_early = error == 0 &&
	    bytes_compare(
		(struct bytes){ key.data, key.size }, last_key(walk)) > 0;
	return error;
}

/* Fills parts until the time is over. */
static int
read_parts(struct walk *walk, DBC *cursor)
{
	u_int32_t how;
	int error = go_on(walk, cursor, &how);
	int64_t begun = monotonic_nanoseconds();

	while (error == 0) {
		DBT key = { .data = NULL };
		DBT data = part_of(walk, walk->parts);

		error = cursor->get(cursor, &key, &data, how | DB_MULTIPLE_KEY);
		if (error == DB_BUFFER_SMALL)
			walk->needed = data.size;
		if (error != 0 || ++walk->parts == walk->parts_max ||
		    walk->parts >= walk->parts_wanted ||
		    store_slice_is_over(begun))
			break;
		how = DB_NEXT;
	}
	walk->ended = error == DB_NOTFOUND;
	if (walk->ended)
		error = look_for_more(walk, cursor);
	return error == DB_NOTFOUND || error == DB_BUFFER_SMALL ? 0 : error;
}

static int
walk_work(struct bdb *bdb, void *argument)
{
	struct walk *walk = argument;
	DB *db = bdb->env.tables[walk->table];
	u_int32_t flags;
	DBC *cursor;
	int error, close_error;

	walk->parts = 0;
	walk->needed = 0;
	walk->ended = db == NULL;
	walk->ended_early = false;
	if (db == NULL)
		return 0;
	error = db->get_flags(db, &flags);
	walk->has_duplicates = (flags & DB_DUP) != 0;
	if (error == 0)
		error = db->cursor(db, NULL, &cursor, 0);
	if (error != 0)
		return error;
	error = read_parts(walk, cursor);
	close_error = cursor->close(cursor);
	return error != 0 ? error : close_error;
}

/* Makes parts with room for a record of this size. False: out of memory. */
static bool
make_room(struct walk *walk, size_t record)
{
	size_t size = (record + PAGE_MAX) / 1024 * 1024;
	size_t parts = size < BUFFER_BYTES ? BUFFER_BYTES / size : 1;
	char *buffer = realloc(walk->buffer, size * parts);

	if (buffer == NULL)
		return false;
	walk->buffer = buffer;
	walk->part_size = size;
	walk->parts_max = parts;
	return true;
}

static bool
remember(struct walk *walk, struct bytes key, size_t seen)
{
	char *at;

	walk->seen = seen;
	if (key.data == walk->at)
		return true;
	at = realloc(walk->at, key.len + 1);
	if (at == NULL)
		return false;
	if (key.len > 0)
		memcpy(at, key.data, key.len);
	walk->at = at;
	walk->at_len = key.len;
	return true;
}

/*
 * Outside the lock. False: out of memory. Pages that lead back would show the
 * same keys again, for ever. Only the first may come again, when seen is 0.
 * What garbage on a page says may lie outside of the part.
 */
static bool
visit_parts(struct walk *walk)
{
	struct bytes last = { walk->at, walk->at_len };
	size_t seen = walk->seen;
	bool more = true;

	for (size_t part = 0; part < walk->parts && more; part++) {
		DBT data = part_of(walk, part);
		u_int8_t *key_data, *value_data;
		u_int32_t key_len, value_len;
		struct bytes key;
		void *position;
		const u_int8_t *end = (u_int8_t *)data.data + data.ulen;
		int compared;

		DB_MULTIPLE_INIT(position, &data);
		while (more) {
			DB_MULTIPLE_KEY_NEXT(position, &data, key_data, key_len,
			    value_data, value_len);
			if (position == NULL)
				break;
			key = (struct bytes){ (char *)key_data, key_len };
			compared = key_data + key_len > end ?
			    1 :
			    bytes_compare(last, key);
			walk->disordered = compared > 0 ||
			    value_data + value_len > end ||
			    (compared == 0 && seen > 0 &&
				!walk->has_duplicates);
			if (walk->disordered)
				return remember(walk, last, seen);
			seen = compared == 0 ? seen + 1 : 1;
			last = key;
			walk->shown++;
			more = walk->visit(walk->argument, key,
			    (struct bytes){ (char *)value_data, value_len });
		}
	}
	walk->ended |= !more;
	walk->ended_early &= more;
	return remember(walk, last, seen);
}

/* Fails, so that the database is repaired; and again if that did not help. */
static int
disorder_work(struct bdb *bdb, void *argument)
{
	struct walk *walk = argument;

	walk->disordered = walk->ended_early = false;
	if (walk->failures++ > 0 && walk->disorders == 1 &&
	    !bdb->options->read_only)
		return 0;
	bdb_suspect(bdb);
	bdb->condemned[walk->table] = true;
	bdb_error_say("%s: the keys are not in order, its pages lead back",
	    bdb_files[walk->table]);
	return DB_RUNRECOVERY;
}

enum store_result
bdb_walk(struct store *store, enum store_table table, struct bytes from,
    store_visit *visit, void *argument)
{
	struct walk walk = { .table = table,
		.visit = visit,
		.argument = argument,
		.parts_wanted = 1 };
	enum store_result result = STORE_OK;
	bool has_memory;
	size_t needed;

	if (bdb_unit_lacks_table(store, table))
		return STORE_ERROR;
	if (store->options.background && !store->options.read_only &&
	    from.len == 0)
		result = bdb_look_at_pages(store, table);
	has_memory = remember(&walk, from, 0);
	while (has_memory && result == STORE_OK && !walk.ended) {
		has_memory = make_room(&walk, walk.needed);
		needed = walk.needed;
		walk.shown = 0;
		if (has_memory)
			result = bdb_unit(store, walk_work, &walk);
		if (has_memory && result == STORE_OK)
			has_memory = visit_parts(&walk);
		/* A record that no room is enough for. */
		if (!walk.ended && walk.shown == 0 && walk.needed <= needed)
			walk.disordered = true;
		if (has_memory && result == STORE_OK &&
		    (walk.disordered || walk.ended_early)) {
			walk.ended = false;
			walk.disorders++;
			walk.failures = 0;
			result = bdb_unit(store, disorder_work, &walk);
		}
		if (walk.parts_wanted < walk.parts_max)
			walk.parts_wanted *= 2;
	}
	free(walk.buffer);
	free(walk.at);
	return has_memory ? result : bdb_unit_no_memory(store);
}
