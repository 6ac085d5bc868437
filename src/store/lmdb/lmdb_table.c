/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lmdb_keys.h"
#include "lmdb_operations.h"
#include "lmdb_snapshot.h"
#include "lmdb_tree.h"

static int
page_size_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	MDB_stat stat;
	int error;

	(void)txn;
	error = mdb_env_stat(lmdb->env.handle, &stat);
	if (error == 0)
		*(unsigned *)argument = stat.ms_psize;
	return error;
}

enum store_result
lmdb_header(struct store *store, enum store_table table, bool print, char *out)
{
	unsigned page_size = 0;

	(void)table;
	if (lmdb_unit_lacks_all(store))
		return store_failed(store,
		    "%s: there is no greylist, no " LMDB_FILE,
		    store_directory(store));
	if (lmdb_unit_read(store, page_size_work, &page_size) != STORE_OK)
		return STORE_ERROR;
	snprintf(out, STORE_HEADER_MAX,
	    "VERSION=3\nformat=%s\ntype=btree\ndb_pagesize=%u\nHEADER=END\n",
	    print ? "print" : "bytevalue", page_size);
	return STORE_OK;
}

int64_t
lmdb_size(struct store *store, enum store_table table)
{
	char path[PATH_MAX];
	struct stat status;

	snprintf(path, sizeof(path), "%s/" LMDB_FILE, store_directory(store));
	if (stat(path, &status) == -1)
		return errno == ENOENT ? 0 : -1;
	return (status.st_size + (table == STORE_TRIPLETS)) / 2;
}

struct position {
	struct lmdb_snapshot snapshot;
	enum store_table table;
	struct bytes key;
	double before; /* the share */
};

/* The child of a branch that may have the key. */
static size_t
find_child(const char *page, uint32_t size, struct bytes key, size_t *index)
{
	size_t nodes = lmdb_page_nodes(page, size), child = LMDB_NO_PAGE;
	struct lmdb_node node;

	for (*index = 0; *index < nodes; ++*index) {
		if (!lmdb_page_node(page, size, *index, &node) ||
		    (*index > 0 && bytes_compare(node.key, key) > 0))
			break;
		child = node.child;
	}
	--*index;
	return child;
}

/* Down the tree: the share of the children that come before, level by level. */
static int
descend(struct position *position, const struct lmdb_tree *tree, char *page)
{
	uint32_t size = position->snapshot.meta.page_size;
	size_t number = tree->root, index, nodes;
	double share = 1;
	int error = 0;

	for (int depth = 1; depth <= tree->depth && error == 0; depth++) {
		error = lmdb_pages_read(
		    position->snapshot.fd, size, number, page, size);
		if (error != 0 ||
		    lmdb_page_look(page, size, number) != LMDB_PAGE_BRANCH)
			break;
		nodes = lmdb_page_nodes(page, size);
		number = find_child(page, size, position->key, &index);
		share /= (double)nodes;
		position->before += share * (double)index;
	}
	return error;
}

static int
position_work(struct lmdb *lmdb, MDB_txn *txn, void *argument)
{
	struct position *position = argument;
	struct lmdb_trees trees = { .fd = position->snapshot.fd,
		.meta = position->snapshot.meta };
	struct lmdb_tree tree = { .root = LMDB_NO_PAGE };
	char *page = malloc(position->snapshot.meta.page_size);
	int error = page == NULL ? ENOMEM : 0;

	(void)lmdb;
	(void)txn;
	if (error == 0)
		error = lmdb_trees_find(
		    &trees, lmdb_tables[position->table], &tree);
	if (error == 0)
		error = descend(position, &tree, page);
	free(page);
	return error > 0 ? error : 0;
}

double
lmdb_position(struct store *store, enum store_table table, struct bytes key)
{
	struct position position = { .snapshot.fd = -1, .table = table };
	enum store_result result;
	struct lmdb_key made;

	if (lmdb_unit_lacks_all(store))
		return -1;
	lmdb_key_make(&made, key);
	position.key = (struct bytes){ made.stored.mv_data,
		made.stored.mv_size };
	if (key.len == 0)
		return 0;
	result = lmdb_snapshot_read(
	    store, &position.snapshot, position_work, &position);
	return result == STORE_OK ? position.before : -1;
}
