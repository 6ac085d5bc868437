/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/msg.h"
#include "program_store.h"

void
program_report(enum msg_level level, const char *text)
{
	msg(level, "%s", text);
}

struct store *
program_open_store(const char *where, const struct store_options *options)
{
	const char *reason;
	struct store *store = store_new(where, options, &reason);

	if (store == NULL)
		msg(MSG_ERROR, "--store=%s: %s", where, reason);
	return store;
}
