/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <unistd.h>
#include <db.h>

#include "bdb_log_pages.h"

enum { BUCKETS = 4096, PAGE_MIN = 512, PAGE_MAX = 64 * 1024 };

/* Of a page: its place in the log, then its number. */
enum {
	NUMBER_AT = 8,
	ENTRIES_AT = 20,
	TYPE_AT = 25,
	ITEMS_AT = 26,
	ITEM_HEAD = 3,
	LEAF = 5,
	BYTES = 1
};

struct entry {
	uint32_t at;
	char *key; /* malloc'ed */
	size_t len;
};

struct page {
	struct page *next;
	uint32_t number;
	bdb_log_place in_file; /* 0: it is not there */
	bdb_log_place place;   /* of the last change; 0: nothing is known */
	struct entry *entries; /* in their order */
	size_t count;
};

struct bdb_log_pages {
	int fd;
	uint32_t page_size; /* 0: there is no file that can be read */
	struct page *buckets[BUCKETS];
	struct page *page; /* of the last change; NULL: none */
	char data[PAGE_MAX];
};

static void
read_page_size(struct bdb_log_pages *pages)
{
	struct {
		uint32_t place[3], magic, version, page_size;
	} first = { .magic = 0 };

	if (pages->fd != -1 &&
	    pread(pages->fd, &first, sizeof(first), 0) == sizeof(first) &&
	    first.magic == DB_BTREEMAGIC && first.page_size >= PAGE_MIN &&
	    first.page_size <= PAGE_MAX)
		pages->page_size = first.page_size;
}

struct bdb_log_pages *
bdb_log_pages_new(int fd)
{
	struct bdb_log_pages *pages = calloc(1, sizeof(*pages));

	if (pages == NULL)
		return NULL;
	pages->fd = fd;
	read_page_size(pages);
	return pages;
}

static void
forget_entries(struct page *page)
{
	for (size_t i = 0; i < page->count; i++)
		free(page->entries[i].key);
	free(page->entries);
	page->entries = NULL;
	page->count = 0;
	page->place = 0;
}

void
bdb_log_pages_forget(struct bdb_log_pages *pages)
{
	for (int i = 0; i < BUCKETS; i++) {
		for (struct page *page = pages->buckets[i]; page != NULL;
		     page = page->next)
			forget_entries(page);
	}
}

void
bdb_log_pages_free(struct bdb_log_pages *pages)
{
	if (pages == NULL)
		return;
	bdb_log_pages_forget(pages);
	for (int i = 0; i < BUCKETS; i++) {
		struct page *page = pages->buckets[i];

		while (page != NULL) {
			struct page *next = page->next;

			free(page);
			page = next;
		}
	}
	free(pages);
}

/* Its bytes, if it is a page of this number. */
static struct bytes
read_page(struct bdb_log_pages *pages, uint32_t number)
{
	size_t size = pages->page_size;
	uint32_t found;

	if (size == 0 ||
	    pread(pages->fd, pages->data, size, (off_t)number * (off_t)size) !=
		(ssize_t)size)
		return (struct bytes){ NULL, 0 };
	memcpy(&found, pages->data + NUMBER_AT, sizeof(found));
	return found == number ? (struct bytes){ pages->data, size } :
				 (struct bytes){ NULL, 0 };
}

static bdb_log_place
place_of(struct bytes page)
{
	uint32_t place[2];

	if (page.data == NULL)
		return 0;
	memcpy(place, page.data, sizeof(place));
	return bdb_log_place_of(place[0], place[1]);
}

static struct page *
find_page(struct bdb_log_pages *pages, uint32_t number)
{
	struct page **bucket = &pages->buckets[number % BUCKETS], *page;

	for (page = *bucket; page != NULL; page = page->next) {
		if (page->number == number)
			return page;
	}
	page = calloc(1, sizeof(*page));
	if (page == NULL)
		return NULL;
	page->number = number;
	page->in_file = place_of(read_page(pages, number));
	page->next = *bucket;
	*bucket = page;
	return page;
}

int
bdb_log_leaf_entries(struct bytes leaf)
{
	uint16_t entries;

	if (leaf.len < ITEMS_AT || leaf.data[TYPE_AT] != LEAF)
		return -1;
	memcpy(&entries, leaf.data + ENTRIES_AT, sizeof(entries));
	return ITEMS_AT + entries * sizeof(entries) <= leaf.len ? entries : -1;
}

bool
bdb_log_leaf_entry(struct bytes leaf, int entry, struct bytes *item)
{
	uint16_t at, len;

	memcpy(
	    &at, leaf.data + ITEMS_AT + (size_t)entry * sizeof(at), sizeof(at));
	if (at + (size_t)ITEM_HEAD > leaf.len)
		return false;
	memcpy(&len, leaf.data + at, sizeof(len));
	*item = (struct bytes){ leaf.data + at + ITEM_HEAD, len };
	return leaf.data[at + 2] == BYTES &&
	    at + (size_t)ITEM_HEAD + len <= leaf.len;
}

static bool
insert(struct page *page, size_t index, uint32_t at, struct bytes key)
{
	struct entry *entries = page->entries;
	struct entry entry = { at, malloc(key.len + 1), key.len };

	if (entry.key != NULL && (page->count & (page->count - 1)) == 0)
		entries = reallocarray(entries,
		    page->count == 0 ? 1 : page->count * 2, sizeof(*entries));
	if (entry.key == NULL || entries == NULL) {
		free(entry.key);
		return false;
	}
	if (key.len > 0)
		memcpy(entry.key, key.data, key.len);
	page->entries = entries;
	memmove(entries + index + 1, entries + index,
	    (page->count - index) * sizeof(*entries));
	entries[index] = entry;
	page->count++;
	return true;
}

static void
load(struct bdb_log_pages *pages, struct page *page)
{
	struct bytes leaf = read_page(pages, page->number), key;
	int entries = leaf.data == NULL ? -1 : bdb_log_leaf_entries(leaf);

	for (int i = 0; i + 1 < entries; i += 2) {
		if (bdb_log_leaf_entry(leaf, i, &key))
			(void)insert(page, page->count, (uint32_t)i, key);
	}
}

bool
bdb_log_pages_change(struct bdb_log_pages *pages, uint32_t number,
    bdb_log_place before, bdb_log_place after)
{
	struct page *page = find_page(pages, number);

	pages->page = page;
	if (page == NULL)
		return false;
	if (page->place != before || before == 0) {
		forget_entries(page);
		if (before != 0 && page->in_file == before)
			load(pages, page);
	}
	page->place = after;
	return page->in_file >= after;
}

static size_t
index_of(const struct page *page, uint32_t entry)
{
	size_t index = 0;

	while (index < page->count && page->entries[index].at < entry)
		index++;
	return index;
}

bool
bdb_log_pages_add(struct bdb_log_pages *pages, uint32_t entry, struct bytes key)
{
	struct page *page = pages->page;
	size_t index;

	if (page == NULL)
		return false;
	index = index_of(page, entry);
	for (size_t i = index; i < page->count; i++)
		page->entries[i].at++;
	return entry % 2 != 0 || insert(page, index, entry, key);
}

void
bdb_log_pages_remove(struct bdb_log_pages *pages, uint32_t entry)
{
	struct page *page = pages->page;
	size_t index = page == NULL ? 0 : index_of(page, entry);

	if (page == NULL)
		return;
	if (index < page->count && page->entries[index].at == entry) {
		free(page->entries[index].key);
		page->count--;
		memmove(page->entries + index, page->entries + index + 1,
		    (page->count - index) * sizeof(*page->entries));
	}
	for (; index < page->count; index++)
		page->entries[index].at--;
}

struct bytes
bdb_log_pages_key(const struct bdb_log_pages *pages, uint32_t entry)
{
	const struct page *page = pages->page;
	size_t index = page == NULL ? 0 : index_of(page, entry);

	return page != NULL && index < page->count &&
		page->entries[index].at == entry ?
	    (struct bytes){ page->entries[index].key,
		    page->entries[index].len } :
	    (struct bytes){ NULL, 0 };
}
