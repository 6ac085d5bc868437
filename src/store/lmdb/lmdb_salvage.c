/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lmdb_error.h"
#include "lmdb_keys.h"
#include "lmdb_salvage.h"
#include "lmdb_tree.h"
#include "store/shared/store_directory.h"

enum { RECORDS_AT_ONCE = 5000 };

/* The new file while records are put into it. */
struct writer {
	const struct lmdb *lmdb;
	struct lmdb_env env;
	MDB_txn *txn;
	enum store_table table;
	size_t in_txn;
	struct lmdb_salvaged *result;
};

static int
begin(struct writer *writer, size_t bytes)
{
	static const struct lmdb_env_options options = { .no_lock = true };
	const struct lmdb *lmdb = writer->lmdb;
	char path[PATH_MAX];
	int error;

	if (unlinkat(lmdb->fd, LMDB_NEW, 0) == -1 && errno != ENOENT)
		return errno;
	snprintf(path, sizeof(path), "%s/" LMDB_NEW, lmdb->path);
	error = lmdb_env_open(&writer->env, path, bytes, &options);
	if (error == 0)
		error = lmdb_env_begin(&writer->env, true, &writer->txn);
	return error;
}

static int
put(struct writer *writer, struct bytes key, struct bytes value)
{
	MDB_val k = { key.len, (void *)(uintptr_t)key.data };
	MDB_val v = { value.len, (void *)(uintptr_t)value.data };
	int error = mdb_put(writer->txn, writer->env.table[writer->table], &k,
	    &v, MDB_NOOVERWRITE);

	if (error == MDB_KEYEXIST)
		return 0;
	writer->result->kept += error == 0;
	if (error != 0 || ++writer->in_txn < RECORDS_AT_ONCE)
		return error;
	writer->in_txn = 0;
	error = mdb_txn_commit(writer->txn);
	writer->txn = NULL;
	if (error == 0)
		error = lmdb_env_begin(&writer->env, true, &writer->txn);
	return error;
}

static int
end(struct writer *writer, int error)
{
	if (writer->txn != NULL && error == 0)
		error = mdb_txn_commit(writer->txn);
	else if (writer->txn != NULL)
		mdb_txn_abort(writer->txn);
	if (error == 0)
		error = mdb_env_sync(writer->env.handle, 1);
	lmdb_env_close(&writer->env);
	if (error != 0)
		(void)unlinkat(writer->lmdb->fd, LMDB_NEW, 0);
	return error;
}

static int
put_node(void *argument, const struct lmdb_node *node)
{
	return node->is_tree || node->key.len == 0 ?
	    0 :
	    put(argument, node->key, node->data);
}

static int
put_trees(struct writer *writer, struct lmdb_trees *trees)
{
	struct lmdb_tree tree = { .root = LMDB_NO_PAGE };
	int error = 0;

	trees->record = put_node;
	trees->argument = writer;
	for (int i = 0; i < STORE_TABLES && error == 0; i++) {
		writer->table = (enum store_table)i;
		error = lmdb_trees_find(trees, lmdb_tables[i], &tree);
		if (error == 0)
			error = lmdb_trees_walk(trees, lmdb_tables[i], &tree);
	}
	return error;
}

/* Of a page that no tree leads to: a record, whose value may be one. */
static bool
read_loose(const struct lmdb *lmdb, enum store_table table,
    const struct lmdb_node *node, struct bytes *key)
{
	MDB_val k = { node->key.len, (void *)(uintptr_t)node->key.data };
	MDB_val v = { node->data.len, (void *)(uintptr_t)node->data.data };
	struct bytes value;

	if (node->is_tree || node->is_big || node->key.len == 0)
		return false;
	lmdb_key_read(&k, &v, key, &value);
	return value.len <= STORE_VALUE_MAX &&
	    (lmdb->options->is_value[table] == NULL ||
		lmdb->options->is_value[table](value));
}

/*
 * Which table's they are no page says. Where the values could be either's: the
 * keys of triplets have parts, which a slash divides.
 */
static enum store_table
table_of(const struct lmdb *lmdb, const char *page, uint32_t page_size)
{
	size_t are[STORE_TABLES] = { 0 }, nodes, divided = 0;
	struct lmdb_node node;
	struct bytes key;

	nodes = lmdb_page_nodes(page, page_size);
	for (size_t i = 0; i < nodes; i++) {
		if (!lmdb_page_node(page, page_size, i, &node))
			continue;
		for (int t = 0; t < STORE_TABLES; t++)
			are[t] += read_loose(
			    lmdb, (enum store_table)t, &node, &key);
		divided += memchr(node.key.data, '/', node.key.len) != NULL;
	}
	if (are[STORE_TRIPLETS] != are[STORE_CLIENTS])
		return are[STORE_TRIPLETS] > are[STORE_CLIENTS] ?
		    STORE_TRIPLETS :
		    STORE_CLIENTS;
	return divided * 2 > nodes ? STORE_TRIPLETS : STORE_CLIENTS;
}

static int
put_loose_page(struct writer *writer, const char *page, uint32_t page_size)
{
	size_t nodes = lmdb_page_nodes(page, page_size);
	unsigned long before = writer->result->kept;
	struct lmdb_node node;
	struct bytes key;
	int error = 0;

	writer->table = table_of(writer->lmdb, page, page_size);
	for (size_t i = 0; i < nodes && error == 0; i++) {
		if (lmdb_page_node(page, page_size, i, &node) &&
		    read_loose(writer->lmdb, writer->table, &node, &key))
			error = put(writer, node.key, node.data);
	}
	writer->result->loose += writer->result->kept - before;
	return error;
}

/* Without a head there is no page size either: LMDB takes the machine's. */
static int
put_loose(struct writer *writer, const struct lmdb_trees *trees, int fd)
{
	uint32_t size = trees->seen == NULL ? (uint32_t)sysconf(_SC_PAGESIZE) :
					      trees->meta.page_size;
	char *page = malloc(size);
	int error = page == NULL ? ENOMEM : 0;

	for (size_t number = 2; error == 0; number++) {
		error = lmdb_pages_read(fd, size, number, page, size);
		if (error == 0 &&
		    (trees->seen == NULL || !lmdb_trees_seen(trees, number)) &&
		    lmdb_page_may_be_leaf(page, number))
			error = put_loose_page(writer, page, size);
	}
	free(page);
	return error == MDB_CORRUPTED ? 0 : error;
}

static int
put_all(struct writer *writer, struct lmdb_trees *trees, int fd)
{
	int error = lmdb_trees_open(trees, fd);

	if (error == MDB_INVALID)
		error = lmdb_trees_problem(trees, "it has no head");
	else if (error == 0 && trees->meta.other_is_bad)
		error = lmdb_trees_problem(
		    trees, "one of its two heads makes no sense");
	if (error == 0 && trees->seen != NULL)
		error = put_trees(writer, trees);
	if (error == 0 && trees->problems > 0)
		error = put_loose(writer, trees, fd);
	writer->result->problems = trees->problems;
	memcpy(writer->result->problem, trees->problem,
	    sizeof(writer->result->problem));
	lmdb_trees_close(trees);
	return error;
}

int
lmdb_salvage(const struct lmdb *lmdb, bool strict, struct lmdb_salvaged *result)
{
	struct writer writer = { .lmdb = lmdb, .result = result };
	struct lmdb_trees trees = { .strict = strict };
	struct stat status;
	int error,
	    fd = openat(lmdb->fd, LMDB_FILE, O_RDONLY | STORE_DIRECTORY_SAFELY);

	memset(result, 0, sizeof(*result));
	if (fd == -1)
		return errno;
	error = fstat(fd, &status) == -1 ?
	    errno :
	    begin(&writer, (size_t)status.st_size * 2);
	if (error == 0)
		error = put_all(&writer, &trees, fd);
	error = end(&writer, error);
	close(fd);
	return error;
}

int
lmdb_salvage_nothing(const struct lmdb *lmdb)
{
	struct lmdb_salvaged none;
	struct writer writer = { .lmdb = lmdb, .result = &none };

	return end(&writer, begin(&writer, 0));
}
