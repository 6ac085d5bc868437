/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>

#include "bdb_error.h"
#include "bdb_guarded.h"
#include "bdb_operations.h"
#include "store/shared/store_slice.h"

/* Of a page, and of what is on it. */
enum {
	ENTRIES_AT = 20,
	ITEMS_FROM = 22, /* which end with the page */
	TYPE_AT = 25,
	OFFSETS_AT = 26,
	INTERNAL = 3,
	LEAF = 5,
	BYTES = 1,
	ALIGNED = 4,
	BYTES_HEAD = 3,
	LONG_SIZE = 12, /* of one that is kept elsewhere */
	INTERNAL_HEAD = 12,
	DELETED = 0x80, /* with the type of an item */
	PAGE_MAX = 64 * 1024
};

struct sweep {
	enum store_table table;
	db_pgno_t next, last;
	bool begun, skipped; /* such pages are not known here */
	db_pgno_t bad;
};

static uint16_t
number_at(struct bytes page, size_t at)
{
	uint16_t number;

	memcpy(&number, page.data + at, sizeof(number));
	return number;
}

/* Its bytes on the page, 0: it makes no sense. *key: of an internal page. */
static size_t
item_size(struct bytes page, bool is_leaf, size_t at, struct bytes *key)
{
	size_t head = is_leaf ? BYTES_HEAD : INTERNAL_HEAD, size;
	int type;

	*key = (struct bytes){ NULL, 0 };
	if (at % ALIGNED != 0 || at + head > page.len)
		return 0;
	type = page.data[at + 2] & ~DELETED & 0xff;
	size = head + number_at(page, at);
	if (type == BYTES)
		*key = (struct bytes){ page.data + at + head, size - head };
	else if (type == BYTES + 1 || type == BYTES + 2)
		size = is_leaf ? LONG_SIZE : size;
	else
		return 0;
	return at + size <= page.len ?
	    (size + ALIGNED - 1) / ALIGNED * ALIGNED :
	    0;
}

/* Which parts of a page belong to an item, a bit for each ALIGNED bytes. */
struct cover {
	uint8_t bits[(PAGE_MAX / ALIGNED + 7) / 8];
};

/* False: another item has some of it. */
static bool
take_place(struct cover *cover, size_t at, size_t size)
{
	for (size_t i = at / ALIGNED; i < (at + size) / ALIGNED; i++) {
		uint8_t bit = (uint8_t)(1u << i % 8);

		if (cover->bits[i / 8] & bit)
			return false;
		cover->bits[i / 8] |= bit;
	}
	return true;
}

/*
 * Items fill the page from where the first begins, each once, and the keys are
 * in order. The first key of an internal page stands for all that are less.
 */
static bool
is_good(struct bytes page)
{
	bool is_leaf = page.data[TYPE_AT] == LEAF;
	size_t entries = number_at(page, ENTRIES_AT);
	size_t from = number_at(page, ITEMS_FROM), all = 0, at, size;
	struct bytes key, before = { NULL, 0 };
	struct cover cover = { { 0 } };

	if (!is_leaf && page.data[TYPE_AT] != INTERNAL)
		return true;
	if (OFFSETS_AT + entries * sizeof(uint16_t) > from ||
	    (is_leaf && entries % 2 != 0))
		return false;
	for (size_t i = 0; i < entries; i++) {
		at = number_at(page, OFFSETS_AT + i * sizeof(uint16_t));
		size = item_size(page, is_leaf, at, &key);
		if (size == 0 || !take_place(&cover, at, size))
			return false;
		all += size;
		if (key.data == NULL || (is_leaf ? i % 2 != 0 : i == 0))
			continue;
		if (before.data != NULL && bytes_compare(before, key) >= 0)
			return false;
		before = key;
	}
	return from + all ==
	    (page.len == UINT16_MAX + 1 && from == 0 ? 0 : page.len);
}

static int
look_at_page(struct sweep *sweep, DB_MPOOLFILE *file, u_int32_t page_size)
{
	db_pgno_t number = sweep->next;
	void *page;
	int error = file->get(file, &number, NULL, 0, &page), put;

	if (error == DB_PAGE_NOTFOUND)
		return 0;
	if (error != 0)
		return error;
	if (!is_good((struct bytes){ page, page_size }))
		sweep->bad = number;
	put = file->put(file, page, DB_PRIORITY_UNCHANGED, 0);
	return put;
}

static int
sweep_work(struct bdb *bdb, void *argument)
{
	struct sweep *sweep = argument;
	DB *db = bdb->env.tables[sweep->table];
	DB_MPOOLFILE *file = db->get_mpf(db);
	int64_t begun = monotonic_nanoseconds();
	u_int32_t flags, page_size = 0;
	int error = db->get_flags(db, &flags);

	if (error == 0)
		error = db->get_pagesize(db, &page_size);
	if (error == 0)
		error = file->get_last_pgno(file, &sweep->last);
	sweep->skipped = error == 0 &&
	    (flags & (DB_DUP | DB_CHKSUM | DB_ENCRYPT)) != 0;
	while (error == 0 && !sweep->skipped && sweep->bad == 0 &&
	    sweep->next <= sweep->last) {
		error = look_at_page(sweep, file, page_size);
		sweep->next++;
		if (store_slice_is_over(begun))
			break;
	}
	return error;
}

static int
condemn_work(struct bdb *bdb, void *argument)
{
	struct sweep *sweep = argument;

	if (sweep->bad == 0)
		return 0;
	bdb_suspect(bdb);
	bdb->condemned[sweep->table] = true;
	bdb_error_say("%s: page %lu makes no sense", bdb_files[sweep->table],
	    (unsigned long)sweep->bad);
	sweep->bad = 0;
	return DB_RUNRECOVERY;
}

enum store_result
bdb_look_at_pages(struct store *store, enum store_table table)
{
	struct sweep sweep = { .table = table, .next = 1 };
	enum store_result result;

	do
		result = bdb_unit(store, sweep_work, &sweep);
	while (result == STORE_OK && !sweep.skipped && sweep.bad == 0 &&
	    sweep.next <= sweep.last);
	return result == STORE_OK && sweep.bad != 0 ?
	    bdb_unit(store, condemn_work, &sweep) :
	    result;
}
