/* SPDX-License-Identifier: BSD-2-Clause */
/* What the stores for tests lack; what they have, t/contract goes through. */
#include "store/store.h"
#include "unit.h"

static struct store *
open_store(void)
{
	const struct store_options options = { .sync = false };
	struct store *store = store_new("mem:", &options);

	CHECK(store != NULL);
	return store;
}

static void
no_uses(void)
{
	struct store_use uses[STORE_USES_MAX];
	struct store *store = open_store();

	store_use_as(store, LITERAL("delay=300s"));
	CHECK_NUMBER(store_uses(store, uses), 0);
	CHECK_NUMBER(store_use_news(store), STORE_USE_AS_BEFORE);
	store_close(store);
}

static enum store_action
decide(void *argument, size_t index, const struct bytes *value,
    struct store_value *next)
{
	(void)argument;
	(void)index;
	(void)value;
	(void)next;
	return STORE_LEAVE;
}

static bool
visit(void *argument, struct bytes key, struct bytes value)
{
	(void)argument;
	(void)key;
	(void)value;
	return true;
}

static void
show(void *argument, size_t index, const struct bytes *value)
{
	(void)argument;
	(void)index;
	(void)value;
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
	struct store *store = open_store();
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
	CHECK(store_checkpoint_step(store) == STORE_STEP_NONE);
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
	struct bytes key = LITERAL("a");
	char header[STORE_HEADER_MAX];

	CHECK(store != NULL);
	CHECK_NUMBER(
	    store_walk(store, STORE_TRIPLETS, key, visit, NULL), STORE_ERROR);
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

const struct unit_test unit_store_mem[] = {
	{ "store: in memory no uses are kept", no_uses },
	{ "store: an operation that an engine lacks is an error that names it",
	    lacks },
	{ "store: an engine may have nothing but a check", lacks_all },
	{ NULL, NULL }
};
