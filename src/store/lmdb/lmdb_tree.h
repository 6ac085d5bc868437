/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All of a tree, page by page, each looked at whether it is as it should be.
 */
#ifndef LMDB_TREE_H
#define LMDB_TREE_H

#include "lmdb_pages.h"

struct lmdb_trees {
	int fd;
	struct lmdb_meta meta;
	unsigned char *seen; /* a bit for each page that was good */
	/* Each record, valid until it returns, which is 0 or what ends all. */
	int (*record)(void *argument, const struct lmdb_node *);
	void *argument;
	/* Of what is not as it should be: how often, and what first. */
	unsigned long problems;
	char problem[128];
	bool strict; /* the first of them ends it, with MDB_CORRUPTED */
};

/* 0, an errno (also of no memory), or what lmdb_pages_meta() said. */
int lmdb_trees_open(struct lmdb_trees *, int fd);
void lmdb_trees_close(struct lmdb_trees *);

bool lmdb_trees_seen(const struct lmdb_trees *, size_t page);
/* False: it was seen before, or there is no such page. */
bool lmdb_trees_see(struct lmdb_trees *, size_t page);

/* 0 or MDB_CORRUPTED if it is strict. */
int lmdb_trees_problem(struct lmdb_trees *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* In the order of keys. 0, an errno, or what a record or a problem ended it
   with. name: for the problem. */
int lmdb_trees_walk(
    struct lmdb_trees *, const char *name, const struct lmdb_tree *);

/* The tree of a table, by its name; empty if it has none. The same results. */
int lmdb_trees_find(struct lmdb_trees *, const char *name, struct lmdb_tree *);

#endif
