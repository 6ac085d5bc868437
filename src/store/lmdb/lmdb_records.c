/* SPDX-License-Identifier: BSD-2-Clause */
#include "lmdb_keys.h"
#include "lmdb_records.h"

static const char nothing[1];

/* Not NULL, which would mean that there is none. */
static struct bytes
present(struct bytes value)
{
	return (struct bytes){ value.data == NULL ? nothing : value.data,
		value.len };
}

/* Another long key could, in theory, have the same hash. */
static void
read_value(
    MDB_val stored, MDB_val value, struct bytes wanted, struct bytes *out)
{
	struct bytes key;

	lmdb_key_read(&stored, &value, &key, out);
	*out = bytes_equal(key, wanted) ? present(*out) :
					  (struct bytes){ NULL, 0 };
}

int
lmdb_record_get(const struct lmdb_env *env, MDB_txn *txn,
    enum store_table table, struct bytes key, struct bytes *value)
{
	struct lmdb_key made;
	MDB_val stored;
	int error;

	*value = (struct bytes){ NULL, 0 };
	if (!env->has_table[table])
		return 0;
	lmdb_key_make(&made, key);
	error = mdb_get(txn, env->table[table], &made.stored, &stored);
	if (error == MDB_NOTFOUND)
		return 0;
	if (error != 0)
		return error;
	if (made.is_long)
		read_value(made.stored, stored, key, value);
	else
		*value = present(
		    (struct bytes){ stored.mv_data, stored.mv_size });
	return 0;
}

static int
put(const struct lmdb_env *env, MDB_txn *txn, enum store_table table,
    const struct lmdb_key *made, struct bytes key, struct bytes value,
    MDB_val *room, unsigned flags)
{
	size_t front = lmdb_key_front(made, key);
	MDB_val stored = made->stored;
	int error;

	*room = (MDB_val){ front + value.len, NULL };
	error = mdb_put(
	    txn, env->table[table], &stored, room, flags | MDB_RESERVE);
	if (error != 0)
		return error;
	lmdb_key_write_front(made, key, room->mv_data);
	if (value.len > 0)
		memcpy((char *)room->mv_data + front, value.data, value.len);
	return 0;
}

int
lmdb_record_put(const struct lmdb_env *env, MDB_txn *txn,
    enum store_table table, struct bytes key, struct bytes value)
{
	struct lmdb_key made;
	MDB_val room;

	lmdb_key_make(&made, key);
	return put(env, txn, table, &made, key, value, &room, 0);
}

int
lmdb_record_add(const struct lmdb_env *env, MDB_txn *txn,
    enum store_table table, struct bytes key, struct bytes value,
    struct bytes *there)
{
	struct lmdb_key made;
	MDB_val room;
	int error;

	lmdb_key_make(&made, key);
	error = put(env, txn, table, &made, key, value, &room, MDB_NOOVERWRITE);
	if (error == MDB_KEYEXIST)
		read_value(made.stored, room, key, there);
	return error;
}

int
lmdb_record_delete(const struct lmdb_env *env, MDB_txn *txn,
    enum store_table table, struct bytes key)
{
	struct lmdb_key made;
	int error;

	lmdb_key_make(&made, key);
	error = mdb_del(txn, env->table[table], &made.stored, NULL);
	return error == MDB_NOTFOUND ? 0 : error;
}
