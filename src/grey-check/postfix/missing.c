/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "missing.h"

/* The lines of a list that are on another one, too. */
struct doubles {
	size_t lines;
	bool *seen; /* for each line, from 1 on */
	size_t count;
};

static void
count_double(void *argument, enum list_finding kind, const char *file,
    unsigned line, const char *problem)
{
	struct doubles *doubles = argument;

	(void)kind;
	(void)file;
	(void)problem;
	if (line >= doubles->lines || doubles->seen[line])
		return;
	doubles->seen[line] = true;
	doubles->count++;
}

size_t
missing_count(const struct list_set *set, const struct list *list, off_t size)
{
	struct doubles doubles = { .lines = (size_t)size + 2 };

	doubles.seen = calloc(doubles.lines, sizeof(*doubles.seen));
	if (doubles.seen == NULL)
		return 0;
	for (size_t i = 0; i < set->count; i++) {
		if (set->files[i].list != NULL)
			list_compare(
			    set->files[i].list, list, count_double, &doubles);
	}
	free(doubles.seen);
	return doubles.count < list_count(list) ?
	    list_count(list) - doubles.count :
	    0;
}
