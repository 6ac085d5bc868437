/* SPDX-License-Identifier: BSD-2-Clause */
#include <byteswap.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <lmdb.h>

#include "lmdb_error.h"
#include "lmdb_pages.h"
#include "store/shared/store_directory.h"

enum {
	BRANCH = 0x01,
	LEAF = 0x02,
	OVERFLOW = 0x04,
	META = 0x08,
	NODE_BIG = 0x01,
	NODE_TREE = 0x02,
	NODE_DUPLICATES = 0x04,
	DATA_VERSION = 1,
	PAGE_SIZE_MIN = 512,
	PAGE_SIZE_MAX = 32768,
	KEY_MAX = 511,
	DEPTH_MAX = 32
};

#define MAGIC UINT32_C(0xbeefc0de)

struct head {
	size_t number;
	uint16_t pad;
	uint16_t flags;
	union {
		struct {
			uint16_t lower;
			uint16_t upper;
		} room;
		uint32_t pages; /* of data that have pages of their own */
	} u;
};

enum { HEAD = sizeof(size_t) + 8, NODE_HEAD = 8 };

struct stored_meta {
	uint32_t magic;
	uint32_t version;
	void *address;
	size_t map_size;
	struct lmdb_tree free;
	struct lmdb_tree main;
	size_t last_page;
	size_t txnid;
};

struct meta_page {
	char head[HEAD];
	struct stored_meta meta;
};

static bool
is_tree(const struct lmdb_tree *tree, size_t last_page)
{
	return tree->depth <= DEPTH_MAX &&
	    (tree->root == LMDB_NO_PAGE ?
		    tree->depth == 0 :
		    tree->root > 1 && tree->root <= last_page);
}

static bool
is_meta(const struct meta_page *page, size_t number)
{
	const struct stored_meta *meta = &page->meta;
	struct head head;
	uint32_t size = meta->free.page_size;

	memcpy(&head, page->head, HEAD);
	return head.number == number && (head.flags & META) != 0 &&
	    meta->magic == MAGIC && meta->version == DATA_VERSION &&
	    size >= PAGE_SIZE_MIN && size <= PAGE_SIZE_MAX &&
	    (size & (size - 1)) == 0 && meta->last_page >= 1 &&
	    meta->last_page < SIZE_MAX / size / 2 &&
	    is_tree(&meta->free, meta->last_page) &&
	    is_tree(&meta->main, meta->last_page);
}

static int
read_meta(int fd, off_t at, struct meta_page *page)
{
	ssize_t n = pread(fd, page, sizeof(*page), at);

	if (n == -1)
		return errno;
	if (n != sizeof(*page))
		memset(page, 0, sizeof(*page));
	return 0;
}

/* Sound, but not for this program: nothing is to be done to it. */
static int
refuse_other(const struct stored_meta *meta)
{
	if (meta->magic == bswap_32(MAGIC))
		return lmdb_error_refuse(
		    "greylist.mdb: a machine of another byte order wrote it; "
		    "dump it there with grey-dump, and load that here");
	if (meta->magic != MAGIC || meta->version == DATA_VERSION ||
	    meta->version == 0 || meta->version > 99)
		return 0;
	return lmdb_error_refuse(
	    "greylist.mdb: LMDB of another version wrote it, in data version "
	    "%u, and this one (" MDB_VERSION_STRING ") reads version %d; "
	    "nothing was changed: dump it with that one's mdb_dump, and load "
	    "that with grey-load into a new one",
	    (unsigned)meta->version, DATA_VERSION);
}

/* The second one, when the first does not say how large a page is. */
static int
find_second(int fd, struct meta_page *page)
{
	int error = 0;

	for (off_t size = PAGE_SIZE_MIN; size <= PAGE_SIZE_MAX && error == 0;
	     size *= 2) {
		error = read_meta(fd, size, page);
		if (error == 0 && is_meta(page, 1) &&
		    page->meta.free.page_size == size)
			return 0;
	}
	memset(page, 0, sizeof(*page));
	return error;
}

int
lmdb_pages_meta(int fd, struct lmdb_meta *meta)
{
	struct meta_page pages[2];
	const struct stored_meta *newest;
	bool good[2];
	int error = read_meta(fd, 0, &pages[0]);

	if (error == 0)
		error = refuse_other(&pages[0].meta);
	if (error != 0)
		return error;
	good[0] = is_meta(&pages[0], 0);
	error = good[0] ?
	    read_meta(fd, (off_t)pages[0].meta.free.page_size, &pages[1]) :
	    find_second(fd, &pages[1]);
	if (error != 0)
		return error;
	good[1] = is_meta(&pages[1], 1) &&
	    (!good[0] ||
		pages[1].meta.free.page_size == pages[0].meta.free.page_size);
	if (!good[0] && !good[1])
		return MDB_INVALID;
	newest = &pages[!good[0] ||
	    (good[1] && pages[1].meta.txnid > pages[0].meta.txnid)]
		      .meta;
	*meta = (struct lmdb_meta){ newest->free.page_size, newest->last_page,
		newest->txnid, newest->free, newest->main,
		!good[0] || !good[1] };
	return 0;
}

int
lmdb_pages_read(
    int fd, uint32_t page_size, size_t number, char *page, size_t bytes)
{
	off_t at = (off_t)number * page_size;
	int tries = 0;
	ssize_t n;

	for (size_t done = 0; done < bytes; done += (size_t)n) {
		n = pread(fd, page + done, bytes - done, at + (off_t)done);
		if (n == -1 && store_directory_interrupted(&tries))
			n = 0;
		else if (n == -1)
			return errno;
		else if (n == 0)
			return MDB_CORRUPTED;
	}
	return 0;
}

static struct head
head_of(const char *page)
{
	struct head head;

	memcpy(&head, page, HEAD);
	return head;
}

static uint16_t
number_at(const char *page, size_t at)
{
	uint16_t number;

	memcpy(&number, page + at, sizeof(number));
	return number;
}

size_t
lmdb_page_nodes(const char *page, uint32_t page_size)
{
	struct head head = head_of(page);
	size_t end = head.u.room.lower < page_size ? head.u.room.lower :
						     page_size;

	return end < HEAD ? 0 : (end - HEAD) / 2;
}

bool
lmdb_page_node(
    const char *page, uint32_t page_size, size_t index, struct lmdb_node *node)
{
	size_t at = number_at(page, HEAD + 2 * index);
	bool is_branch = (head_of(page).flags & BRANCH) != 0;
	uint16_t flags, key_len;
	size_t low, room;

	if (at < HEAD || at + NODE_HEAD > page_size)
		return false;
	low = number_at(page, at) | (size_t)number_at(page, at + 2) << 16;
	flags = number_at(page, at + 4);
	key_len = number_at(page, at + 6);
	room = page_size - at - NODE_HEAD;
	*node = (struct lmdb_node){ .key = { page + at + NODE_HEAD, key_len },
		.child = LMDB_NO_PAGE };
	if (key_len > KEY_MAX || key_len > room)
		return false;
	room -= key_len;
	if (is_branch) {
		node->child = low;
		if (sizeof(size_t) > 4)
			node->child |= (size_t)flags << 16 << 16;
		return true;
	}
	node->size = low;
	node->is_tree = (flags & NODE_TREE) != 0;
	node->is_big = (flags & NODE_BIG) != 0;
	node->data = (struct bytes){ node->key.data + key_len,
		node->is_big ? sizeof(size_t) : low };
	if (node->data.len > room || (flags & NODE_DUPLICATES) != 0)
		return false;
	if (node->is_big)
		memcpy(&node->child, node->data.data, sizeof(node->child));
	return !node->is_tree || low == sizeof(struct lmdb_tree);
}

static bool
is_in_order(const struct lmdb_node *before, const struct lmdb_node *node)
{
	return bytes_compare(before->key, node->key) < 0;
}

/* Keys of the free pages are numbers; LMDB sorts them as such. */
static bool
are_numbers(const struct lmdb_node *before, const struct lmdb_node *node)
{
	size_t a, b;

	if (before->key.len != sizeof(a) || node->key.len != sizeof(b))
		return false;
	memcpy(&a, before->key.data, sizeof(a));
	memcpy(&b, node->key.data, sizeof(b));
	return a < b;
}

/* Nodes fill the page from where the first begins, each once. */
enum lmdb_page_kind
lmdb_page_look(const char *page, uint32_t page_size, size_t number)
{
	struct head head = head_of(page);
	size_t nodes = lmdb_page_nodes(page, page_size), used = 0;
	struct lmdb_node node, before = { .child = 0 };
	bool is_branch = head.flags == BRANCH;

	if (head.number != number || (!is_branch && head.flags != LEAF) ||
	    head.u.room.lower < HEAD || head.u.room.lower % 2 != 0 ||
	    head.u.room.lower > head.u.room.upper ||
	    head.u.room.upper > page_size || nodes < (is_branch ? 2 : 1))
		return LMDB_PAGE_BAD;
	for (size_t i = 0; i < nodes; i++) {
		if (number_at(page, HEAD + 2 * i) < head.u.room.upper ||
		    !lmdb_page_node(page, page_size, i, &node) ||
		    (i > (is_branch ? 1 : 0) && !is_in_order(&before, &node) &&
			!are_numbers(&before, &node)))
			return LMDB_PAGE_BAD;
		used += (NODE_HEAD + node.key.len + node.data.len + 1) / 2 * 2;
		before = node;
	}
	if (used != (size_t)page_size - head.u.room.upper)
		return LMDB_PAGE_BAD;
	return is_branch ? LMDB_PAGE_BRANCH : LMDB_PAGE_LEAF;
}

bool
lmdb_page_may_be_leaf(const char *page, size_t number)
{
	struct head head = head_of(page);

	return head.number == number && head.flags == LEAF;
}

char *
lmdb_pages_big(int fd, uint32_t page_size, const struct lmdb_node *node)
{
	size_t bytes = HEAD + node->size;
	char *pages = malloc(bytes);
	int error;

	if (pages == NULL)
		return NULL;
	error = lmdb_pages_read(fd, page_size, node->child, pages, bytes);
	if (error == 0 &&
	    (head_of(pages).number != node->child ||
		head_of(pages).flags != OVERFLOW ||
		(size_t)head_of(pages).u.pages * page_size < bytes))
		error = MDB_CORRUPTED;
	if (error == 0) {
		memmove(pages, pages + HEAD, node->size);
		return pages;
	}
	free(pages);
	errno = error > 0 ? error : 0;
	return NULL;
}
