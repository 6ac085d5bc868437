/* SPDX-License-Identifier: BSD-2-Clause */
/* A store that can be opened and fails at every check, for tests. */
#include "store_engine.h"

static bool
fail_init(struct store *store, const char *place, const char **reason)
{
	(void)store;
	*reason = "fail: takes nothing after the colon";
	return *place == '\0';
}

static enum store_result
fail_check(struct store *store, const struct store_check *check)
{
	(void)check;
	return store_failed(store, "the store is fail:, made to fail");
}

const struct store_engine store_fail = {
	.scheme = "fail",
	.init = fail_init,
	.check = fail_check,
};
