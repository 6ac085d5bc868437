/* SPDX-License-Identifier: BSD-2-Clause */
/* children: see children.h */

#include <sys/wait.h>

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "children.h"
#include "clock.h"

static pid_t *children;
static size_t count;
static size_t capacity;

void
children_add(pid_t child)
{
	if (count == capacity) {
		capacity = capacity == 0 ? 128 : capacity * 2;
		children = reallocarray(children, capacity, sizeof(*children));
		if (children == NULL)
			err(1, "no memory for %zu children", capacity);
	}
	children[count++] = child;
}

static void
children_remove(pid_t child)
{
	size_t index;

	for (index = 0; index < count; index++) {
		if (children[index] == child) {
			children[index] = children[--count];
			return;
		}
	}
}

void
children_reap(void)
{
	pid_t child;

	while ((child = waitpid(-1, NULL, WNOHANG)) > 0)
		children_remove(child);
}

size_t
children_end(uint64_t nanoseconds)
{
	uint64_t limit = clock_now() + nanoseconds;
	size_t killed;

	children_reap();
	while (count > 0 && clock_now() < limit) {
		clock_sleep(CLOCK_MILLISECOND);
		children_reap();
	}
	killed = count;
	for (; count > 0; count--) {
		kill(-children[count - 1], SIGKILL);
		waitpid(children[count - 1], NULL, 0);
	}
	free(children);
	children = NULL;
	capacity = 0;
	return killed;
}

size_t
children_count(void)
{
	return count;
}

/* A mapping's first line starts with its addresses, the lines about it with a
 * capital letter. */
static bool
is_mapping(const char *line)
{
	return !isupper((unsigned char)line[0]);
}

static bool
is_database_region(const char *line)
{
	const char *name = strrchr(line, '/');

	return name != NULL && strncmp(name, "/__db.", 6) == 0;
}

static bool
add_memory(pid_t child, uint64_t *kibibytes)
{
	char path[64], *line = NULL;
	size_t size = 0;
	bool counted = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/smaps", (long)child);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	while (getline(&line, &size, file) != -1) {
		if (is_mapping(line))
			counted = !is_database_region(line);
		else if (counted && strncmp(line, "Pss:", 4) == 0)
			*kibibytes += strtoull(line + 4, NULL, 10);
	}
	free(line);
	fclose(file);
	return true;
}

bool
children_memory(uint64_t *kibibytes)
{
	size_t index;

	*kibibytes = 0;
	for (index = 0; index < count; index++)
		if (!add_memory(children[index], kibibytes))
			return false;
	return true;
}
