/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file as bytes, in the format of LMDB 0.9 (data version 1): two pages with
 * metas, of which the one of the later transaction counts, then pages of trees.
 * Read without LMDB, which trusts what it reads.
 */
#ifndef LMDB_PAGES_H
#define LMDB_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/bytes.h"

/* The root of a tree of nothing. */
#define LMDB_NO_PAGE SIZE_MAX

struct lmdb_tree {
	uint32_t page_size; /* in that of the free pages only */
	uint16_t flags;
	uint16_t depth;
	size_t branch_pages;
	size_t leaf_pages;
	size_t overflow_pages;
	size_t entries;
	size_t root;
};

struct lmdb_meta {
	uint32_t page_size;
	size_t last_page;
	size_t txnid;
	struct lmdb_tree free; /* which pages are */
	struct lmdb_tree main; /* the tables by their names */
	bool other_is_bad;     /* LMDB won't open it then */
};

/*
 * Of the later transaction. 0; an errno; LMDB_ERROR_REFUSED: of another
 * version, or byte order; MDB_INVALID: there is none.
 */
int lmdb_pages_meta(int fd, struct lmdb_meta *);

/* Reads a page, or several. 0, an errno, or MDB_CORRUPTED: there is no such
   page. */
int lmdb_pages_read(
    int fd, uint32_t page_size, size_t number, char *page, size_t bytes);

enum lmdb_page_kind { LMDB_PAGE_BAD, LMDB_PAGE_BRANCH, LMDB_PAGE_LEAF };

/* Is all of this page as it should be? */
enum lmdb_page_kind lmdb_page_look(
    const char *page, uint32_t page_size, size_t number);
/* Only by its head. */
bool lmdb_page_may_be_leaf(const char *page, size_t number);

struct lmdb_node {
	struct bytes key;
	struct bytes data; /* of a leaf */
	size_t child;	   /* of a branch; or of big data, the first page */
	size_t size;	   /* of the data */
	bool is_big;	   /* they have pages of their own */
	bool is_tree;	   /* they are a struct lmdb_tree */
};

/* How many the page says that it has; at most what fits. */
size_t lmdb_page_nodes(const char *page, uint32_t page_size);
/* False: it does not lie in the page. */
bool lmdb_page_node(
    const char *page, uint32_t page_size, size_t index, struct lmdb_node *);

/* The data of a node that has pages of its own, malloc'ed; NULL and errno, or
   errno 0: they are not there. */
char *lmdb_pages_big(int fd, uint32_t page_size, const struct lmdb_node *);

#endif
