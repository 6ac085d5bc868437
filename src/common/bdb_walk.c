/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bdb_record.h"
#include "bdb_unit.h"
#include "bdb_walk.h"

enum {
	BUFFER_BYTES = 1024 * 1024, /* read in one unit of work at most */
	SLICE_NANOSECONDS = 500000,
	PAGE_MAX = 64 * 1024 /* Berkeley DB's largest page */
};

/*
 * Where a walk is: behind the first `seen` records of the key `at` (there may
 * be several in files that are not ours), or before all of them.
 */
struct walk {
	enum store_table table;
	char *at;
	size_t at_len, at_room;
	size_t seen;
	bool ended;
	char *buffer; /* parts of part_size each, as bulk reads fill them */
	size_t part_size, parts_max;
	size_t parts_wanted; /* few at first: much may not be asked for */
	size_t parts;	     /* that are filled */
	size_t needed;	     /* not 0: the next record is larger than a part */
};

/* A store that is only read is not made, so there may be none. */
static bool
is_missing(struct store *store, enum store_table table)
{
	const struct bdb *bdb = store->state;
	const char *name = table == STORE_TRIPLETS ? BDB_TRIPLETS : BDB_CLIENTS;

	if (!store->options.read_only ||
	    !bdb_directory_lacks(&bdb->directory, name))
		return false;
	(void)store_failed(store, "%s: there is no greylist, no %s",
	    bdb->directory.path, name);
	return true;
}

static bool
is_over(const struct timespec *begun)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - begun->tv_sec) * 1000000000 + now.tv_nsec -
	    begun->tv_nsec >=
	    SLICE_NANOSECONDS;
}

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

/* Fills parts until the time is over. */
static int
read_parts(struct walk *walk, DBC *cursor)
{
	struct timespec begun;
	u_int32_t how;
	int error = go_on(walk, cursor, &how);

	clock_gettime(CLOCK_MONOTONIC, &begun);
	while (error == 0) {
		DBT key = { .data = NULL };
		DBT data = part_of(walk, walk->parts);

		error = cursor->get(cursor, &key, &data, how | DB_MULTIPLE_KEY);
		if (error == DB_BUFFER_SMALL)
			walk->needed = data.size;
		if (error != 0 || ++walk->parts == walk->parts_max ||
		    walk->parts >= walk->parts_wanted || is_over(&begun))
			break;
		how = DB_NEXT;
	}
	walk->ended = error == DB_NOTFOUND;
	return error == DB_NOTFOUND || error == DB_BUFFER_SMALL ? 0 : error;
}

static int
walk_work(struct bdb *bdb, void *argument)
{
	struct walk *walk = argument;
	DB *db = bdb_table(bdb, walk->table);
	DBC *cursor;
	int error, close_error;

	walk->parts = 0;
	walk->needed = 0;
	walk->ended = db == NULL;
	if (db == NULL)
		return 0;
	error = db->cursor(db, NULL, &cursor, 0);
	if (error != 0)
		return error;
	error = read_parts(walk, cursor);
	close_error = cursor->close(cursor);
	return error != 0 ? error : close_error;
}

/* False: out of memory. Parts for records of so many bytes. */
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
	char *at = walk->at;

	if (key.len > walk->at_room) {
		at = realloc(at, key.len);
		if (at == NULL)
			return false;
		walk->at = at;
		walk->at_room = key.len;
	}
	if (key.len > 0)
		memmove(at, key.data, key.len);
	walk->at_len = key.len;
	walk->seen = seen;
	return true;
}

enum visited { VISIT_ENDS, VISIT_GOES_ON, VISIT_NO_MEMORY };

/* Outside the lock. */
static enum visited
visit_parts(struct walk *walk, store_visit *visit, void *argument)
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

		DB_MULTIPLE_INIT(position, &data);
		while (more) {
			DB_MULTIPLE_KEY_NEXT(position, &data, key_data, key_len,
			    value_data, value_len);
			if (position == NULL)
				break;
			key = (struct bytes){ (char *)key_data, key_len };
			seen = bytes_equal(key, last) ? seen + 1 : 1;
			last = key;
			more = visit(argument, key,
			    (struct bytes){ (char *)value_data, value_len });
		}
	}
	if (!remember(walk, last, seen))
		return VISIT_NO_MEMORY;
	return more ? VISIT_GOES_ON : VISIT_ENDS;
}

static enum store_result
walk_on(
    struct store *store, struct walk *walk, store_visit *visit, void *argument)
{
	enum visited visited = VISIT_GOES_ON;

	while (visited == VISIT_GOES_ON && !walk->ended) {
		if (!make_room(walk, walk->needed))
			return store_failed(store, "out of memory");
		if (bdb_unit(store, walk_work, walk) != STORE_OK)
			return STORE_ERROR;
		visited = visit_parts(walk, visit, argument);
		if (walk->parts_wanted < walk->parts_max)
			walk->parts_wanted *= 2;
	}
	if (visited == VISIT_NO_MEMORY)
		return store_failed(store, "out of memory");
	return STORE_OK;
}

enum store_result
bdb_walk(struct store *store, enum store_table table, struct bytes from,
    store_visit *visit, void *argument)
{
	struct walk walk = { .table = table, .parts_wanted = 1 };
	enum store_result result;

	if (is_missing(store, table))
		return STORE_ERROR;
	result = remember(&walk, from, 0) ?
	    walk_on(store, &walk, visit, argument) :
	    store_failed(store, "out of memory");
	free(walk.buffer);
	free(walk.at);
	return result;
}

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

struct header {
	enum store_table table;
	bool print;
	char *out;
	size_t len;
};

/* Not 0: what follows is not wanted. */
enum { HEADER_ENDS = 1 };

static int
add_to_header(void *argument, const void *text)
{
	struct header *header = argument;
	size_t room = STORE_HEADER_MAX - header->len;
	int n = snprintf(
	    header->out + header->len, room, "%s", (const char *)text);

	header->len += (size_t)n < room ? (size_t)n : room - 1;
	return strcmp(text, "HEADER=END\n") == 0 ? HEADER_ENDS : 0;
}

static int
header_work(struct bdb *bdb, void *argument)
{
	struct header *header = argument;
	DB *db = bdb_table(bdb, header->table);
	int error;

	header->len = 0;
	error = db->dump(db, NULL, add_to_header, header, header->print, 0);
	return error == HEADER_ENDS ? 0 : error;
}

enum store_result
bdb_header(struct store *store, enum store_table table, bool print, char *out)
{
	struct header header = { table, print, out, 0 };

	if (is_missing(store, table))
		return STORE_ERROR;
	return bdb_unit(store, header_work, &header);
}

struct position {
	enum store_table table;
	struct bytes key;
	DB_KEY_RANGE range;
};

static int
position_work(struct bdb *bdb, void *argument)
{
	struct position *position = argument;
	DB *db = bdb_table(bdb, position->table);
	DBT key = bdb_dbt(position->key);

	return db == NULL ? 0 :
			    db->key_range(db, NULL, &key, &position->range, 0);
}

double
bdb_position(struct store *store, enum store_table table, struct bytes key)
{
	struct position position = { table, key, { -1, 0, 0 } };

	return bdb_unit(store, position_work, &position) == STORE_OK ?
	    position.range.less :
	    -1;
}
