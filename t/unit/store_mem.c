/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a store and changing it, as all engines do it. */
#include <stdio.h>

#include "store/store.h"
#include "unit.h"

static struct store *
open_store(bool read_only)
{
	const struct store_options options = { .read_only = read_only };
	struct store *store = store_new("mem:", &options);

	CHECK(store != NULL);
	return store;
}

static void
no_uses(void)
{
	struct store_use uses[STORE_USES_MAX];
	struct store *store = open_store(false);

	store_use_as(store, LITERAL("delay=300s"));
	CHECK_NUMBER(store_uses(store, uses), 0);
	CHECK_NUMBER(store_use_news(store), STORE_USE_AS_BEFORE);
	store_close(store);
}

/* What is decided for keys[i]: its letter; and "i=value;" of what was shown. */
struct decided {
	const char *actions; /* p: put, d: delete, l: leave */
	char shown[200];
};

static enum store_action
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
	return decided->actions[index] == 'p' ? STORE_PUT :
	    decided->actions[index] == 'd'    ? STORE_DELETE :
						STORE_LEAVE;
}

/* Of the keys a, b, c...: so is decided, and this is shown. */
static void
change(struct store *store, enum store_table table, const char *actions,
    const char *shown)
{
	static const struct bytes keys[] = { LITERAL("a"), LITERAL("b"),
		LITERAL("c"), LITERAL("d") };
	struct decided decided = { .actions = actions };

	CHECK_NUMBER(
	    store_update(store, table, keys, strlen(actions), decide, &decided),
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
show(void *argument, size_t index, const struct bytes *value)
{
	struct store_value ignored;

	(void)decide(argument, index, value, &ignored);
}

static void
gets(void)
{
	static const struct bytes keys[] = { LITERAL("c"), LITERAL("a"),
		LITERAL("b"), LITERAL("a") };
	struct decided shown = { .actions = "llll" };
	struct store *store = open_store(false);

	change(store, STORE_TRIPLETS, "plp", "0=-;1=-;2=-;");
	CHECK_NUMBER(
	    store_get(store, STORE_TRIPLETS, keys, 4, show, &shown), STORE_OK);
	CHECK_NUMBER(
	    store_get(store, STORE_CLIENTS, keys, 1, show, &shown), STORE_OK);
	CHECK_NUMBER(
	    store_get(store, STORE_CLIENTS, keys, 0, show, &shown), STORE_OK);
	CHECK_TEXT(shown.shown, "0=v2;1=v0;2=-;3=v0;0=-;");
	store_close(store);
}

static bool
go_on(void *argument)
{
	(void)argument;
	return true;
}

/* mem: has neither files nor a log. */
static void
lacks(void)
{
	struct store *store = open_store(false);
	bool claimed = false;

	CHECK_NUMBER(store_claim(store, "name", &claimed), STORE_ERROR);
	CHECK_TEXT(store_reason(store), "mem: this kind of store has no claim");
	CHECK_NUMBER(store_checkpoint(store), STORE_ERROR);
	CHECK_TEXT(
	    store_reason(store), "mem: this kind of store has no checkpoint");
	CHECK_NUMBER(
	    store_compact(store, STORE_TRIPLETS, go_on, NULL), STORE_ERROR);
	CHECK_TEXT(
	    store_reason(store), "mem: this kind of store has no compact");
	CHECK_NUMBER(store_shrink(store, STORE_CLIENTS), STORE_ERROR);
	CHECK_TEXT(
	    store_reason(store), "mem: this kind of store has no shrink");
	CHECK_NUMBER(store_become_owner(store), STORE_OK);
	CHECK_NUMBER(store_open(store), STORE_OK);
	CHECK(!store_checkpoint_step(store));
	CHECK_NUMBER(store_size(store, STORE_TRIPLETS), 0);
	CHECK_NUMBER(store_position(store, STORE_TRIPLETS, bytes_of("a")), -1);
	store_close(store);
}

/* fail: has nothing but a check. */
static void
lacks_all(void)
{
	const struct store_options options = { .read_only = false };
	struct store *store = store_new("fail:", &options);
	struct walked walked = { .enough = 9 };
	struct bytes key = LITERAL("a");
	char header[STORE_HEADER_MAX];

	CHECK(store != NULL);
	CHECK_NUMBER(store_walk(store, STORE_TRIPLETS, key, visit, &walked),
	    STORE_ERROR);
	CHECK_TEXT(store_reason(store), "fail: this kind of store has no walk");
	CHECK_NUMBER(
	    store_get(store, STORE_TRIPLETS, &key, 1, show, NULL), STORE_ERROR);
	CHECK_TEXT(store_reason(store), "fail: this kind of store has no get");
	CHECK_NUMBER(store_update(store, STORE_TRIPLETS, &key, 1, decide, NULL),
	    STORE_ERROR);
	CHECK_TEXT(
	    store_reason(store), "fail: this kind of store has no update");
	CHECK_NUMBER(
	    store_header(store, STORE_TRIPLETS, true, header), STORE_ERROR);
	CHECK_TEXT(
	    store_reason(store), "fail: this kind of store has no header");
	store_close(store);
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
	{ "store: in memory no uses are kept", no_uses },
	{ "store: what is decided for each key is done, and seen by the next",
	    changes },
	{ "store: the tables have nothing in common", tables },
	{ "store: a walk shows the records in order, from a key on, until it "
	  "is enough",
	    walks },
	{ "store: what is only read stays as it is", only_read },
	{ "store: the header is db_dump's", headers },
	{ "store: each key that is asked for is shown with its value, or none",
	    gets },
	{ "store: an operation that an engine lacks is an error that names it",
	    lacks },
	{ "store: an engine may have nothing but a check", lacks_all },
	{ NULL, NULL }
};
