/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bdb_holder.h"

/* By SIGSTOP, or a debugger. */
static bool
is_stopped(unsigned long pid)
{
	char path[64], line[512] = "";
	const char *state;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%lu/stat", pid);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	state = fgets(line, sizeof(line), file) == NULL ? NULL :
							  strrchr(line, ')');
	fclose(file);
	return state != NULL &&
	    (strncmp(state, ") T", 3) == 0 || strncmp(state, ") t", 3) == 0);
}

enum store_result
bdb_held_by_another(struct store *store, const struct bdb *bdb)
{
	const volatile struct bdb_state *state = bdb->lock.state;
	unsigned long holder = state->holder;
	time_t since = state->stuck_since, now = time(NULL);
	char when[32] = "", cure[80] = "";
	struct tm parts;

	if (holder == 0)
		return store_failed(store,
		    "%s/grey.lock: another program has held it for %d seconds",
		    bdb->directory.path, BDB_LOCK_WAIT);
	if (since == 0)
		since = now;
	if (localtime_r(&since, &parts) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &parts);
	if (is_stopped(holder))
		snprintf(cure, sizeof(cure),
		    ", and is stopped; it goes on by kill -CONT %lu", holder);
	return store_failed(store,
	    "%s/grey.lock: process %lu has held it since %s (%lld s)%s",
	    bdb->directory.path, holder, when, (long long)(now - since), cure);
}
