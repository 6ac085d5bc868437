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
fail_check(struct store *store, const struct store_check *check)
{
	(void)check;
	return store_failed(store, "the store is fail:, made to fail");
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
	fail_open, fail_check, fail_tidy, fail_close };
