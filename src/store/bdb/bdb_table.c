/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>

#include "bdb_operations.h"

struct header {
	enum store_table table;
	bool print;
	char *out;
	size_t len;
};

/* Not 0: the callback wants no more. */
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
	DB *db = bdb->env.tables[header->table];
	int error;

	header->len = 0;
	error = db->dump(db, NULL, add_to_header, header, header->print, 0);
	return error == HEADER_ENDS ? 0 : error;
}

enum store_result
bdb_header(struct store *store, enum store_table table, bool print, char *out)
{
	struct header header = { table, print, out, 0 };

	if (bdb_unit_lacks_table(store, table))
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
	DB *db = bdb->env.tables[position->table];
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

int64_t
bdb_size(struct store *store, enum store_table table)
{
	const struct bdb *bdb = store->state;
	int64_t size = bdb_directory_size(&bdb->directory, table);

	return size == -1 && errno == ENOENT ? 0 : size;
}

enum store_result
bdb_claim(struct store *store, const char *name, bool *claimed)
{
	const struct bdb *bdb = store->state;

	return store_directory_claim(
	    store, bdb->directory.path, bdb->directory.fd, name, claimed);
}
