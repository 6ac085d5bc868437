/* SPDX-License-Identifier: BSD-2-Clause */
/* A store that can be opened and fails at every check, for tests. */
#include "store.h"

static bool
fail_init(struct store *store, const char *place, const char **reason)
{
	(void)store;
	if (*place == '\0')
		return true;
	*reason = "fail: takes nothing behind the colon";
	return false;
}

static enum store_result
fail_open(struct store *store)
{
	(void)store;
	return STORE_OK;
}

static enum store_result
fail(struct store *store)
{
	return store_failed(store, "the store is fail:, made to fail");
}

static enum store_result
fail_check(struct store *store, const struct store_check *check)
{
	(void)check;
	return fail(store);
}

static enum store_result
fail_walk(struct store *store, enum store_table table, struct bytes from,
    store_visit *visit, void *argument)
{
	(void)table;
	(void)from;
	(void)visit;
	(void)argument;
	return fail(store);
}

static enum store_result
fail_change(struct store *store, enum store_table table,
    const struct bytes *keys, size_t count, store_decide *decide,
    void *argument)
{
	(void)table;
	(void)keys;
	(void)count;
	(void)decide;
	(void)argument;
	return fail(store);
}

static enum store_result
fail_header(struct store *store, enum store_table table, bool print, char *out)
{
	(void)table;
	(void)print;
	(void)out;
	return fail(store);
}

static enum store_result
fail_claim(struct store *store, const char *name, bool *claimed)
{
	(void)name;
	*claimed = true;
	return fail_open(store);
}

static enum store_result
fail_compact(struct store *store, enum store_table table,
    bool (*again)(void *argument), void *argument)
{
	(void)table;
	(void)again;
	(void)argument;
	return fail(store);
}

static enum store_result
fail_shrink(struct store *store, enum store_table table)
{
	(void)table;
	return fail(store);
}

static double
fail_position(struct store *store, enum store_table table, struct bytes key)
{
	(void)store;
	(void)table;
	(void)key;
	return -1;
}

static int64_t
fail_size(struct store *store, enum store_table table)
{
	(void)store;
	(void)table;
	return 0;
}

static bool
fail_tidy(struct store *store)
{
	(void)store;
	return false;
}

static void
fail_close(struct store *store)
{
	(void)store;
}

const struct store_engine store_fail = { "fail", fail_init, fail_open,
	fail_open, fail_check, fail_walk, fail_change, fail_header, fail_claim,
	fail, fail_compact, fail_shrink, fail_position, fail_size, fail_tidy,
	fail_close };
