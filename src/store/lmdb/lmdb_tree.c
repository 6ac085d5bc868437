/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <lmdb.h>

#include "lmdb_error.h"
#include "lmdb_tree.h"

/* Of one tree: what has been met so far. */
struct progress {
	struct lmdb_trees *trees;
	const char *name;
	const struct lmdb_tree *tree;
	size_t branch_pages, leaf_pages, overflow_pages, entries;
	size_t key_len; /* of the last key */
	bool has_key;
	char key[512];
};

int
lmdb_trees_open(struct lmdb_trees *trees, int fd)
{
	int error;

	trees->fd = fd;
	trees->seen = NULL;
	trees->problems = 0;
	error = lmdb_pages_meta(fd, &trees->meta);
	if (error != 0)
		return error;
	trees->seen = calloc(trees->meta.last_page / 8 + 1, 1);
	if (trees->seen == NULL)
		return ENOMEM;
	return 0;
}

void
lmdb_trees_close(struct lmdb_trees *trees)
{
	free(trees->seen);
	trees->seen = NULL;
}

bool
lmdb_trees_seen(const struct lmdb_trees *trees, size_t page)
{
	return page <= trees->meta.last_page &&
	    (trees->seen[page / 8] & 1 << page % 8) != 0;
}

bool
lmdb_trees_see(struct lmdb_trees *trees, size_t page)
{
	if (page < 2 || page > trees->meta.last_page ||
	    lmdb_trees_seen(trees, page))
		return false;
	trees->seen[page / 8] |= (unsigned char)(1 << page % 8);
	return true;
}

int
lmdb_trees_problem(struct lmdb_trees *trees, const char *format, ...)
{
	va_list arguments;

	if (trees->problems++ == 0) {
		va_start(arguments, format);
		vsnprintf(
		    trees->problem, sizeof(trees->problem), format, arguments);
		va_end(arguments);
	}
	return trees->strict ? MDB_CORRUPTED : 0;
}

static bool
is_after(const struct progress *progress, struct bytes key)
{
	struct bytes last = { progress->key, progress->key_len };
	size_t a, b;

	if (!progress->has_key)
		return true;
	if (progress->tree != &progress->trees->meta.free)
		return bytes_compare(last, key) < 0;
	memcpy(&a, progress->key, sizeof(a));
	memcpy(&b, key.data, sizeof(b));
	return a < b;
}

static int
visit_big(struct progress *progress, struct lmdb_node *node)
{
	struct lmdb_trees *trees = progress->trees;
	uint32_t size = trees->meta.page_size;
	size_t pages = (node->size + sizeof(size_t) + 8 - 1) / size + 1;
	char *data;
	int error;

	for (size_t i = 0; i < pages; i++) {
		if (node->size >= trees->meta.last_page * size ||
		    !lmdb_trees_see(trees, node->child + i))
			return lmdb_trees_problem(trees,
			    "%s: page %zu is not where it should be",
			    progress->name, node->child + i);
	}
	progress->overflow_pages += pages;
	data = lmdb_pages_big(trees->fd, size, node);
	if (data == NULL)
		return errno != 0 ?
		    errno :
		    lmdb_trees_problem(trees, "%s: page %zu makes no sense",
			progress->name, node->child);
	node->data = (struct bytes){ data, node->size };
	error = trees->record(trees->argument, node);
	free(data);
	return error;
}

static int
visit_record(struct progress *progress, struct lmdb_node *node)
{
	struct lmdb_trees *trees = progress->trees;
	int error = 0;

	if (progress->tree == &trees->meta.free &&
	    node->key.len != sizeof(size_t))
		return lmdb_trees_problem(
		    trees, "%s: a key makes no sense", progress->name);
	if (!is_after(progress, node->key))
		error = lmdb_trees_problem(
		    trees, "%s: the keys are not in order", progress->name);
	if (error != 0)
		return error;
	progress->entries++;
	progress->has_key = true;
	progress->key_len = node->key.len;
	memcpy(progress->key, node->key.data, node->key.len);
	if (node->is_big)
		return visit_big(progress, node);
	return trees->record(trees->argument, node);
}

static int
visit_leaf(struct progress *progress, const char *page)
{
	uint32_t size = progress->trees->meta.page_size;
	size_t nodes = lmdb_page_nodes(page, size);
	struct lmdb_node node;
	int error = 0;

	progress->leaf_pages++;
	for (size_t i = 0; i < nodes && error == 0; i++) {
		if (lmdb_page_node(page, size, i, &node))
			error = visit_record(progress, &node);
	}
	return error;
}

static int visit_page(struct progress *, size_t number, int depth);

static int
visit_branch(struct progress *progress, const char *page, int depth)
{
	uint32_t size = progress->trees->meta.page_size;
	size_t nodes = lmdb_page_nodes(page, size);
	struct lmdb_node node;
	int error = 0;

	progress->branch_pages++;
	for (size_t i = 0; i < nodes && error == 0; i++) {
		if (lmdb_page_node(page, size, i, &node))
			error = visit_page(progress, node.child, depth + 1);
	}
	return error;
}

/* A page that is not good is left to others to see. */
static int
visit_page(struct progress *progress, size_t number, int depth)
{
	struct lmdb_trees *trees = progress->trees;
	uint32_t size = trees->meta.page_size;
	enum lmdb_page_kind kind = LMDB_PAGE_BAD;
	char *page = malloc(size);
	int error;

	if (page == NULL)
		return ENOMEM;
	error = number > trees->meta.last_page || number < 2 ?
	    MDB_CORRUPTED :
	    lmdb_pages_read(trees->fd, size, number, page, size);
	if (error == 0)
		kind = lmdb_page_look(page, size, number);
	if ((kind == LMDB_PAGE_LEAF) != (depth == progress->tree->depth))
		kind = LMDB_PAGE_BAD;
	if (error <= 0 &&
	    (kind == LMDB_PAGE_BAD || !lmdb_trees_see(trees, number)))
		error = lmdb_trees_problem(trees, "%s: page %zu makes no sense",
		    progress->name, number);
	else if (error == 0)
		error = kind == LMDB_PAGE_LEAF ?
		    visit_leaf(progress, page) :
		    visit_branch(progress, page, depth);
	free(page);
	return error;
}

int
lmdb_trees_walk(
    struct lmdb_trees *trees, const char *name, const struct lmdb_tree *tree)
{
	struct progress progress = {
		.trees = trees, .name = name, .tree = tree
	};
	int error;

	if (tree->root == LMDB_NO_PAGE && tree->entries == 0)
		return 0;
	error = visit_page(&progress, tree->root, 1);
	if (error == 0 &&
	    (progress.entries != tree->entries ||
		progress.leaf_pages != tree->leaf_pages ||
		progress.branch_pages != tree->branch_pages ||
		progress.overflow_pages != tree->overflow_pages))
		error = lmdb_trees_problem(trees,
		    "%s: it is to have %zu records, and has %zu", name,
		    tree->entries, progress.entries);
	return error;
}

struct find {
	struct bytes name;
	struct lmdb_tree *tree;
	bool found;
};

static int
find_name(void *argument, const struct lmdb_node *node)
{
	struct find *find = argument;

	if (node->is_tree && bytes_equal(node->key, find->name)) {
		memcpy(find->tree, node->data.data, sizeof(*find->tree));
		find->found = true;
	}
	return 0;
}

int
lmdb_trees_find(
    struct lmdb_trees *trees, const char *name, struct lmdb_tree *tree)
{
	struct lmdb_trees main = *trees;
	struct find find = { bytes_of(name), tree, false };
	int error;

	*tree = (struct lmdb_tree){ .root = LMDB_NO_PAGE };
	/* Its pages are to be seen once, not once a table. */
	main.seen = calloc(trees->meta.last_page / 8 + 1, 1);
	if (main.seen == NULL)
		return ENOMEM;
	main.record = find_name;
	main.argument = &find;
	error = lmdb_trees_walk(&main, "the names of tables", &main.meta.main);
	lmdb_trees_close(&main);
	if (main.problems > trees->problems) {
		trees->problems = main.problems;
		memcpy(trees->problem, main.problem, sizeof(trees->problem));
	}
	if (error == 0 && find.found &&
	    (tree->depth > 32 ||
		(tree->root != LMDB_NO_PAGE &&
		    tree->root > trees->meta.last_page))) {
		error = lmdb_trees_problem(trees, "%s: no such tree", name);
		*tree = (struct lmdb_tree){ .root = LMDB_NO_PAGE };
	}
	return error;
}
