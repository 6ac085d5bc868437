/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of the tables among those of a server. */
#include "store/redis/redis_key.h"
#include "unit.h"

struct row {
	enum store_table table;
	struct bytes ours, theirs;
};

static const struct row rows[] = {
	{ STORE_TRIPLETS, LITERAL("192.0.2.0/a@example.com/b@example.org"),
	    LITERAL("g:{192.0.2.0}/a@example.com/b@example.org") },
	{ STORE_TRIPLETS, LITERAL("192.0.2.5/32/a@x/b@y"),
	    LITERAL("g:{192.0.2.5}/32/a@x/b@y") },
	{ STORE_TRIPLETS, LITERAL("2001:db8:0:0:0:0:0:0/a@x/b@y"),
	    LITERAL("g:{2001:db8:0:0:0:0:0:0}/a@x/b@y") },
	{ STORE_TRIPLETS, LITERAL("@example.net/a@x/b@y"),
	    LITERAL("g:{@example.net}/a@x/b@y") },
	{ STORE_TRIPLETS, LITERAL("da39a3ee5e6b4b0d3255bfef95601890afd80709"),
	    LITERAL("g:{da39a3ee5e6b4b0d3255bfef95601890afd80709}") },
	{ STORE_TRIPLETS, LITERAL("192.0.2.0//"), LITERAL("g:{192.0.2.0}//") },
	{ STORE_TRIPLETS, LITERAL("192.0.2.0/a}@x/{b@y}"),
	    LITERAL("g:{192.0.2.0}/a}@x/{b@y}") },
	{ STORE_TRIPLETS, LITERAL("192.0.2.0/a\0\r\n@x/b@y"),
	    LITERAL("g:{192.0.2.0}/a\0\r\n@x/b@y") },
	{ STORE_TRIPLETS, LITERAL("a}b/c/d"), LITERAL("g:{a}b}/c/d") },
	{ STORE_TRIPLETS, LITERAL("/a/b"), LITERAL("g:{}/a/b") },
	{ STORE_TRIPLETS, LITERAL("a}"), LITERAL("g:{a}}") },
	{ STORE_TRIPLETS, LITERAL(""), LITERAL("g:{}") },
	{ STORE_CLIENTS, LITERAL("192.0.2.5"),
	    LITERAL("c:{192.0.2.0}192.0.2.5") },
	{ STORE_CLIENTS, LITERAL("2001:DB8:0:0:0:0:0:5"),
	    LITERAL("c:{2001:db8:0:0:0:0:0:0}2001:DB8:0:0:0:0:0:5") },
	{ STORE_CLIENTS, LITERAL("@example.net"), LITERAL("c:{@example.net}") },
	{ STORE_CLIENTS, LITERAL("da39a3ee5e6b4b0d3255bfef95601890afd80709"),
	    LITERAL("c:{da39a3ee5e6b4b0d3255bfef95601890afd80709}") },
	{ STORE_CLIENTS, LITERAL("192.0.2.0}192.0.2.5"),
	    LITERAL("c:{192.0.2.0}192.0.2.5}") },
	{ STORE_CLIENTS, LITERAL("a}b"), LITERAL("c:{a}b}") },
	{ STORE_CLIENTS, LITERAL(""), LITERAL("c:{}") },
};

static void
there(void)
{
	char out[256] = "";

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].ours.data);
		CHECK_BYTES(
		    ((struct bytes){ out,
			redis_key_make(rows[i].table, rows[i].ours, out) }),
		    rows[i].theirs);
	}
}

static void
back(void)
{
	char out[256];
	size_t len;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].theirs.data);
		if (CHECK(redis_key_read(
			rows[i].table, rows[i].theirs, out, &len)))
			CHECK_BYTES(((struct bytes){ out, len }), rows[i].ours);
	}
}

static void
foreign(void)
{
	static const struct row others[] = {
		{ STORE_TRIPLETS, LITERAL(""), LITERAL("g:{192.0.2.0") },
		{ STORE_TRIPLETS, LITERAL(""), LITERAL("g:{192.0.2.0/a}/b") },
		{ STORE_TRIPLETS, LITERAL(""), LITERAL("g:{") },
		{ STORE_TRIPLETS, LITERAL(""), LITERAL("g:a") },
		{ STORE_TRIPLETS, LITERAL(""), LITERAL("c:{a}") },
		{ STORE_TRIPLETS, LITERAL(""), LITERAL("") },
		{ STORE_CLIENTS, LITERAL(""), LITERAL("c:{192.0.2.5}") },
		{ STORE_CLIENTS, LITERAL(""),
		    LITERAL("c:{192.0.3.0}192.0.2.5") },
		{ STORE_CLIENTS, LITERAL(""), LITERAL("c:{a}b") },
		{ STORE_CLIENTS, LITERAL(""), LITERAL("c:{a") },
	};
	char out[256];
	size_t len;

	for (size_t i = 0; i < ROWS(others); i++) {
		unit_about(others[i].theirs.data);
		CHECK(!redis_key_read(
		    others[i].table, others[i].theirs, out, &len));
	}
}

/* As CLUSTER KEYSLOT of a server says. */
static void
slots(void)
{
	static const struct {
		struct bytes key;
		unsigned slot;
	} keys[] = {
		{ LITERAL("123456789"), 0x31c3 },
		{ LITERAL("{123456789}x"), 0x31c3 },
		{ LITERAL("g:{123456789}/a}/{b}"), 0x31c3 },
		{ LITERAL("foo"), 12182 },
		{ LITERAL("{}foo"), 9500 },
		{ LITERAL("foo{"), 7673 },
		{ LITERAL(""), 0 },
	};

	for (size_t i = 0; i < ROWS(keys); i++) {
		unit_about(keys[i].key.data);
		CHECK_NUMBER(redis_key_slot(keys[i].key), keys[i].slot);
	}
}

static void
together(void)
{
	char triplet[256], client[256];
	struct bytes t = { triplet, 0 }, c = { client, 0 };

	t.len = redis_key_make(
	    STORE_TRIPLETS, LITERAL("2001:db8:0:0:0:0:0:0/a@x/b@y"), triplet);
	c.len = redis_key_make(
	    STORE_CLIENTS, LITERAL("2001:DB8:0:0:A:0:0:5"), client);
	CHECK_NUMBER(redis_key_slot(t), redis_key_slot(c));
	t.len = redis_key_make(
	    STORE_TRIPLETS, LITERAL("192.0.2.0/a@x/b@y"), triplet);
	c.len = redis_key_make(STORE_CLIENTS, LITERAL("192.0.2.77"), client);
	CHECK_NUMBER(redis_key_slot(t), redis_key_slot(c));
}

const struct unit_test unit_redis_key[] = {
	{ "a table's key becomes a server's", there },
	{ "a server's key becomes the table's again", back },
	{ "a key that was not made so is none of ours", foreign },
	{ "a key's slot is the cluster's", slots },
	{ "both keys of a check have one slot", together },
	{ NULL, NULL },
};
