/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "store_holder.h"

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
store_held_by(struct store *store, const char *directory, const char *file,
    unsigned long pid, time_t since)
{
	time_t now = time(NULL);
	char when[32] = "", cure[80] = "";
	struct tm parts;

	if (since == 0)
		since = now;
	if (localtime_r(&since, &parts) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &parts);
	if (is_stopped(pid))
		snprintf(cure, sizeof(cure),
		    ", and is stopped; it goes on by kill -CONT %lu", pid);
	return store_failed(store,
	    "%s/%s: process %lu has held it since %s (%lld s)%s", directory,
	    file, pid, when, (long long)(now - since), cure);
}
