/* SPDX-License-Identifier: BSD-2-Clause */
/* Walking over a store and changing it, as all engines do it. */
#include <stdio.h>

#include "store/store.h"
#include "unit.h"

static struct store *
open_store(bool read_only)
{
	const struct store_options options = { .read_only = read_only };
	const char *reason = NULL;
	struct store *store = store_new("mem:", &options, &reason);

	CHECK(store != NULL);
	return store;
}

/* What is decided for keys[i]: its letter; and "i=value;" of what was shown. */
struct decided {
	const char *deeds; /* p: put, d: delete, l: leave */
	char shown[200];
};

static enum store_deed
decide(void *argument, size_t index, const struct bytes *value,
    struct store_value *next)
{
	struct decided *decided = argument;
	char text[40];

	snprintf(text, sizeof(text), "%zu=%.*s;", index,
	    value == NULL ? 1 : (int)value->len,
	    value == NULL ? "-" : value->data);
	strcat(decided->shown, text);
	next->len = 2;
	memcpy(next->data, (char[]){ 'v', (char)('0' + index) }, 2);
	return decided->deeds[index] == 'p' ? STORE_PUT :
	    decided->deeds[index] == 'd'    ? STORE_DELETE :
					      STORE_LEAVE;
}

/* Of the keys a, b, c...: so is decided, and this is shown. */
static void
change(struct store *store, enum store_table table, const char *deeds,
    const char *shown)
{
	static const struct bytes keys[] = { LITERAL("a"), LITERAL("b"),
		LITERAL("c"), LITERAL("d") };
	struct decided decided = { .deeds = deeds };

	CHECK_NUMBER(
	    store_change(store, table, keys, strlen(deeds), decide, &decided),
	    STORE_OK);
	CHECK_TEXT(decided.shown, shown);
}

struct walked {
	size_t enough; /* stops behind so many */
	size_t count;
	char text[200];
};

static bool
visit(void *argument, struct bytes key, struct bytes value)
{
	struct walked *walked = argument;
	char text[40];

	snprintf(text, sizeof(text), "%.*s=%.*s;", (int)key.len, key.data,
	    (int)value.len, value.data);
	strcat(walked->text, text);
	return ++walked->count < walked->enough;
}

static void
walk(struct store *store, enum store_table table, const char *from,
    size_t enough, const char *want)
{
	struct walked walked = { .enough = enough };

	CHECK_NUMBER(
	    store_walk(store, table, bytes_of(from), visit, &walked), STORE_OK);
	CHECK_TEXT(walked.text, want);
}

static void
changes(void)
{
	struct store *store = open_store(false);

	change(store, STORE_TRIPLETS, "plp", "0=-;1=-;2=-;");
	change(store, STORE_TRIPLETS, "lll", "0=v0;1=-;2=v2;");
	change(store, STORE_TRIPLETS, "ddlp", "0=v0;1=-;2=v2;3=-;");
	walk(store, STORE_TRIPLETS, "", 9, "c=v2;d=v3;");
	change(store, STORE_TRIPLETS, "pddp", "0=-;1=-;2=v2;3=v3;");
	walk(store, STORE_TRIPLETS, "", 9, "a=v0;d=v3;");
	store_close(store);
}

static void
tables(void)
{
	struct store *store = open_store(false);

	change(store, STORE_TRIPLETS, "pl", "0=-;1=-;");
	change(store, STORE_CLIENTS, "lp", "0=-;1=-;");
	walk(store, STORE_TRIPLETS, "", 9, "a=v0;");
	walk(store, STORE_CLIENTS, "", 9, "b=v1;");
	store_close(store);
}

static void
walks(void)
{
	struct store *store = open_store(false);

	walk(store, STORE_TRIPLETS, "", 9, "");
	change(store, STORE_TRIPLETS, "llpl", "0=-;1=-;2=-;3=-;");
	change(store, STORE_TRIPLETS, "pp", "0=-;1=-;");
	walk(store, STORE_TRIPLETS, "", 9, "a=v0;b=v1;c=v2;");
	walk(store, STORE_TRIPLETS, "b", 9, "b=v1;c=v2;");
	walk(store, STORE_TRIPLETS, "bb", 9, "c=v2;");
	walk(store, STORE_TRIPLETS, "d", 9, "");
	walk(store, STORE_TRIPLETS, "", 2, "a=v0;b=v1;");
	walk(store, STORE_TRIPLETS, "b", 1, "b=v1;");
	store_close(store);
}

static void
only_read(void)
{
	struct store *store = open_store(true);

	change(store, STORE_TRIPLETS, "pp", "0=-;1=-;");
	change(store, STORE_TRIPLETS, "dl", "0=-;1=-;");
	walk(store, STORE_TRIPLETS, "", 9, "");
	store_close(store);
}

static void
headers(void)
{
	struct store *store = open_store(false);
	char header[STORE_HEADER_MAX];

	CHECK_NUMBER(
	    store_header(store, STORE_TRIPLETS, true, header), STORE_OK);
	CHECK_TEXT(header, "VERSION=3\nformat=print\ntype=btree\nHEADER=END\n");
	CHECK_NUMBER(
	    store_header(store, STORE_CLIENTS, false, header), STORE_OK);
	CHECK_TEXT(
	    header, "VERSION=3\nformat=bytevalue\ntype=btree\nHEADER=END\n");
	store_close(store);
}

const struct unit_test unit_store_mem[] = {
	{ "store: what is decided for each key is done, and seen by the next",
	    changes },
	{ "store: the tables have nothing in common", tables },
	{ "store: a walk shows the records in order, from a key on, until it "
	  "is enough",
	    walks },
	{ "store: what is only read stays as it is", only_read },
	{ "store: the header is db_dump's", headers }, { NULL, NULL }
};
