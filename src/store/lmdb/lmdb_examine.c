/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <lmdb.h>

#include "lmdb_env.h"
#include "lmdb_examine.h"
#include "lmdb_tree.h"

static int
pass_over(void *argument, const struct lmdb_node *node)
{
	(void)argument;
	(void)node;
	return 0;
}

/* A list of pages: how many, and their numbers, the highest first. */
static int
look_at_free(void *argument, const struct lmdb_node *node)
{
	struct lmdb_trees *trees = argument;
	size_t count, number, last = trees->meta.last_page + 1;
	const char *at = node->data.data;

	if (node->data.len < sizeof(count))
		return lmdb_trees_problem(trees, "a list of free pages is cut");
	memcpy(&count, at, sizeof(count));
	if (count > node->data.len / sizeof(count) - 1)
		return lmdb_trees_problem(trees, "a list of free pages is cut");
	for (size_t i = 1; i <= count; i++) {
		memcpy(&number, at + i * sizeof(number), sizeof(number));
		if (number >= last || !lmdb_trees_see(trees, number))
			return lmdb_trees_problem(trees,
			    "page %zu counts as free, and is not", number);
		last = number;
	}
	return 0;
}

/* The free ones come last: then all that are in use have been seen. */
static int
look_at_all(struct lmdb_trees *trees)
{
	struct lmdb_tree tables[STORE_TABLES];
	int error = 0;

	for (int i = 0; i < STORE_TABLES && error == 0; i++)
		error = lmdb_trees_find(trees, lmdb_tables[i], &tables[i]);
	trees->record = pass_over;
	if (error == 0)
		error = lmdb_trees_walk(
		    trees, "the names of tables", &trees->meta.main);
	for (int i = 0; i < STORE_TABLES && error == 0; i++)
		error = lmdb_trees_walk(trees, lmdb_tables[i], &tables[i]);
	trees->record = look_at_free;
	trees->argument = trees;
	if (error == 0)
		error = lmdb_trees_walk(
		    trees, "the free pages", &trees->meta.free);
	return error;
}

int
lmdb_examine(int fd, const struct lmdb_meta *meta, char *problem)
{
	struct lmdb_trees trees = { .strict = true };
	int error = lmdb_trees_open(&trees, fd);

	*problem = '\0';
	if (error == MDB_INVALID)
		snprintf(problem, LMDB_PROBLEM_MAX, "it has no head");
	if (error == 0 && trees.meta.other_is_bad) {
		snprintf(problem, LMDB_PROBLEM_MAX,
		    "one of its two heads makes no sense");
		error = MDB_CORRUPTED;
	}
	/* Others may have gone on, but in other pages. */
	if (error == 0 && meta != NULL &&
	    meta->last_page <= trees.meta.last_page)
		trees.meta = *meta;
	if (error == 0)
		error = look_at_all(&trees);
	if (error == MDB_CORRUPTED && *problem == '\0')
		snprintf(problem, LMDB_PROBLEM_MAX, "%s", trees.problem);
	lmdb_trees_close(&trees);
	return error == MDB_INVALID ? MDB_CORRUPTED : error;
}
