/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "bdb_log_apply.h"

/* Of an operation. */
enum { OPERATION_SHIFT = 8, ADD = 1, REMOVE = 2 };

enum { NOTHING = UINT32_MAX };

static bool
is_ours(const struct bdb_log_apply *apply, struct bdb_log_cursor *cursor)
{
	return bdb_log_table(&apply->files, bdb_log_number(cursor)) ==
	    apply->table;
}

static int
apply_add(struct bdb_log_apply *apply, uint32_t page, uint32_t entry,
    struct bytes data, bool in_file)
{
	bool is_key = entry % 2 == 0,
	     follows = apply->key.len > 0 && apply->key_page == page &&
	    apply->key_entry + 1 == entry;
	struct bytes key = apply->key;

	apply->key = is_key ? data : (struct bytes){ NULL, 0 };
	apply->key_page = page;
	apply->key_entry = entry;
	if (!bdb_log_pages_add(apply->pages, entry, data))
		return ENOMEM;
	return follows && !is_key ?
	    apply->sink->put(apply->sink->argument, key, data, in_file) :
	    0;
}

/* First the key is removed, then the value, which has its number then. */
static int
apply_remove(struct bdb_log_apply *apply, uint32_t page, uint32_t entry,
    struct bytes data)
{
	bool is_value = apply->removed_page == page &&
	    apply->removed_entry == entry;

	bdb_log_pages_remove(apply->pages, entry);
	apply->removed_page = is_value || entry % 2 != 0 ? NOTHING : page;
	apply->removed_entry = entry;
	return apply->removed_page == NOTHING || data.len == 0 ?
	    0 :
	    apply->sink->remove(apply->sink->argument, data);
}

/* With the head that it has on its page. */
static struct bytes
without_head(struct bytes item)
{
	enum { HEAD = 3 };
	uint16_t len;

	if (item.len < HEAD)
		return (struct bytes){ NULL, 0 };
	memcpy(&len, item.data, sizeof(len));
	item = bytes_from(item, HEAD);
	return len <= item.len ? (struct bytes){ item.data, len } :
				 (struct bytes){ NULL, 0 };
}

static int
apply_add_or_remove(struct bdb_log_apply *apply, bdb_log_place place,
    struct bdb_log_cursor *cursor)
{
	enum { LEAF = 5 };
	uint32_t operation = bdb_log_number(cursor), page, entry;
	bool ours = is_ours(apply, cursor), in_file;
	struct bytes head, data;
	bdb_log_place before;

	page = bdb_log_number(cursor);
	entry = bdb_log_number(cursor);
	bdb_log_skip(cursor, 1);
	head = bdb_log_bytes(cursor);
	data = bdb_log_bytes(cursor);
	before = bdb_log_read_place(cursor);
	if (!cursor->good || !ours || (operation & 0xff) != LEAF)
		return 0;
	in_file = bdb_log_pages_change(apply->pages, page, before, place);
	if (operation >> OPERATION_SHIFT == ADD)
		return apply_add(apply, page, entry, data, in_file);
	if (operation >> OPERATION_SHIFT == REMOVE)
		return apply_remove(apply, page, entry,
		    head.len > 0 ? without_head(head) : data);
	return 0;
}

static int
apply_replace(struct bdb_log_apply *apply, bdb_log_place place,
    struct bdb_log_cursor *cursor)
{
	bool ours = is_ours(apply, cursor);
	uint32_t page = bdb_log_number(cursor), entry;
	bdb_log_place before = bdb_log_read_place(cursor);
	struct bdb_log_patch patch;
	struct bytes key;

	entry = bdb_log_number(cursor);
	bdb_log_skip(cursor, 1);
	patch.before = bdb_log_bytes(cursor);
	patch.after = bdb_log_bytes(cursor);
	patch.prefix = bdb_log_number(cursor);
	patch.suffix = bdb_log_number(cursor);
	if (!cursor->good || !ours)
		return 0;
	(void)bdb_log_pages_change(apply->pages, page, before, place);
	if (entry % 2 == 0)
		return 0;
	key = bdb_log_pages_key(apply->pages, entry - 1);
	return key.data == NULL ?
	    0 :
	    apply->sink->patch(apply->sink->argument, key, &patch);
}

/* Those from `first` on, which are the page's first now. */
static int
put_half(struct bdb_log_apply *apply, bdb_log_place place, uint32_t page,
    struct bytes leaf, int first, int end)
{
	bool in_file = bdb_log_pages_change(apply->pages, page, 0, place);
	struct bytes key, value;
	int error = 0;

	for (int i = first; i + 1 < end && error == 0; i += 2) {
		if (!bdb_log_leaf_entry(leaf, i, &key))
			continue;
		if (!bdb_log_pages_add(
			apply->pages, (uint32_t)(i - first), key))
			error = ENOMEM;
		if (error == 0 && bdb_log_leaf_entry(leaf, i + 1, &value))
			error = apply->sink->put(
			    apply->sink->argument, key, value, in_file);
	}
	return error;
}

static int
apply_split(struct bdb_log_apply *apply, bdb_log_place place,
    struct bdb_log_cursor *cursor)
{
	bool ours = is_ours(apply, cursor);
	uint32_t left, right, at, next;
	bdb_log_place next_before;
	struct bytes leaf;
	int entries, error;

	bdb_log_skip(cursor, 1);
	left = bdb_log_number(cursor);
	bdb_log_skip(cursor, 2);
	right = bdb_log_number(cursor);
	bdb_log_skip(cursor, 2);
	at = bdb_log_number(cursor);
	next = bdb_log_number(cursor);
	next_before = bdb_log_read_place(cursor);
	bdb_log_skip(cursor, 4);
	leaf = bdb_log_bytes(cursor);
	entries = cursor->good && ours ? bdb_log_leaf_entries(leaf) : -1;
	if (entries == -1 || at > (uint32_t)entries || at % 2 != 0)
		return 0;
	error = put_half(apply, place, left, leaf, 0, (int)at);
	if (error == 0)
		error = put_half(apply, place, right, leaf, (int)at, entries);
	if (next != 0)
		(void)bdb_log_pages_change(
		    apply->pages, next, next_before, place);
	return error;
}

/* Pages beside it change, which their places in the log show. */
static void
apply_relink(struct bdb_log_apply *apply, bdb_log_place place,
    struct bdb_log_cursor *cursor)
{
	bool ours = is_ours(apply, cursor);

	bdb_log_skip(cursor, 2);
	for (int i = 0; i < 2; i++) {
		uint32_t page = bdb_log_number(cursor);
		bdb_log_place before = bdb_log_read_place(cursor);

		if (cursor->good && ours && page != 0)
			(void)bdb_log_pages_change(
			    apply->pages, page, before, place);
	}
}

static void
apply_mark(struct bdb_log_apply *apply, bdb_log_place place,
    struct bdb_log_cursor *cursor)
{
	bool ours = is_ours(apply, cursor);
	uint32_t page = bdb_log_number(cursor);
	bdb_log_place before = bdb_log_read_place(cursor);

	if (cursor->good && ours)
		(void)bdb_log_pages_change(apply->pages, page, before, place);
}

static void
apply_allocate(struct bdb_log_apply *apply, bdb_log_place place,
    struct bdb_log_cursor *cursor)
{
	bool ours = is_ours(apply, cursor);
	uint32_t page;

	bdb_log_skip(cursor, 5);
	page = bdb_log_number(cursor);
	if (cursor->good && ours)
		(void)bdb_log_pages_change(apply->pages, page, 0, place);
}

int
bdb_log_apply(struct bdb_log_apply *apply, const struct bdb_log_change *change)
{
	struct bdb_log_cursor cursor = { change->record, true };

	switch (change->type) {
	case BDB_LOG_ADD_OR_REMOVE:
		return apply_add_or_remove(apply, change->place, &cursor);
	case BDB_LOG_REPLACE:
		return apply_replace(apply, change->place, &cursor);
	case BDB_LOG_SPLIT:
		return apply_split(apply, change->place, &cursor);
	case BDB_LOG_RELINK:
		apply_relink(apply, change->place, &cursor);
		return 0;
	case BDB_LOG_DELETE_MARK:
		apply_mark(apply, change->place, &cursor);
		return 0;
	case BDB_LOG_ALLOCATE:
		apply_allocate(apply, change->place, &cursor);
		return 0;
	default:
		return 0;
	}
}

void
bdb_log_apply_forget(struct bdb_log_apply *apply)
{
	apply->key = (struct bytes){ NULL, 0 };
	apply->removed_page = NOTHING;
}
