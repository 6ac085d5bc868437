/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "bdb_directory.h"
#include "bdb_log_pages.h"
#include "bdb_log_parse.h"
#include "bdb_log_records.h"

/* Of an operation. */
enum { OPERATION_SHIFT = 8, ADD = 1, REMOVE = 2, COMMITTED = 1 };

enum { NOTHING = UINT32_MAX };

/* A record of a transaction that has not ended yet. */
struct change {
	uint32_t transaction, type;
	bdb_log_place place;
	struct bytes record; /* after the place of the transaction's last one */
};

struct replay {
	int table;
	const struct bdb_log_sink *sink;
	struct bdb_log_unread *unread;
	struct bdb_log_files files;
	struct bdb_log_pages *pages;
	struct change *changes; /* their records are malloc'ed */
	size_t count, room;
	/* A key that was added or removed, and whose value is to follow. */
	struct bytes key;
	uint32_t key_page, key_entry, removed_page, removed_entry;
};

static bool
is_ours(const struct replay *replay, struct bdb_log_cursor *cursor)
{
	return bdb_log_table(&replay->files, bdb_log_number(cursor)) ==
	    replay->table;
}

static int
apply_add(struct replay *replay, uint32_t page, uint32_t entry,
    struct bytes data, bool in_file)
{
	bool is_key = entry % 2 == 0,
	     follows = replay->key.len > 0 && replay->key_page == page &&
	    replay->key_entry + 1 == entry;
	struct bytes key = replay->key;

	replay->key = is_key ? data : (struct bytes){ NULL, 0 };
	replay->key_page = page;
	replay->key_entry = entry;
	if (!bdb_log_pages_add(replay->pages, entry, data))
		return ENOMEM;
	return follows && !is_key ?
	    replay->sink->put(replay->sink->argument, key, data, in_file) :
	    0;
}

/* First the key is removed, then the value, which has its number then. */
static int
apply_remove(
    struct replay *replay, uint32_t page, uint32_t entry, struct bytes data)
{
	bool is_value = replay->removed_page == page &&
	    replay->removed_entry == entry;

	bdb_log_pages_remove(replay->pages, entry);
	replay->removed_page = is_value || entry % 2 != 0 ? NOTHING : page;
	replay->removed_entry = entry;
	return replay->removed_page == NOTHING || data.len == 0 ?
	    0 :
	    replay->sink->remove(replay->sink->argument, data);
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
apply_add_or_remove(
    struct replay *replay, bdb_log_place place, struct bdb_log_cursor *cursor)
{
	enum { LEAF = 5 };
	uint32_t operation = bdb_log_number(cursor), page, entry;
	bool ours = is_ours(replay, cursor), in_file;
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
	in_file = bdb_log_pages_change(replay->pages, page, before, place);
	if (operation >> OPERATION_SHIFT == ADD)
		return apply_add(replay, page, entry, data, in_file);
	if (operation >> OPERATION_SHIFT == REMOVE)
		return apply_remove(replay, page, entry,
		    head.len > 0 ? without_head(head) : data);
	return 0;
}

static int
apply_replace(
    struct replay *replay, bdb_log_place place, struct bdb_log_cursor *cursor)
{
	bool ours = is_ours(replay, cursor);
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
	(void)bdb_log_pages_change(replay->pages, page, before, place);
	if (entry % 2 == 0)
		return 0;
	key = bdb_log_pages_key(replay->pages, entry - 1);
	return key.data == NULL ?
	    0 :
	    replay->sink->patch(replay->sink->argument, key, &patch);
}

/* Those from `first` on, which are the page's first now. */
static int
put_half(struct replay *replay, bdb_log_place place, uint32_t page,
    struct bytes leaf, int first, int end)
{
	bool in_file = bdb_log_pages_change(replay->pages, page, 0, place);
	struct bytes key, value;
	int error = 0;

	for (int i = first; i + 1 < end && error == 0; i += 2) {
		if (!bdb_log_leaf_entry(leaf, i, &key))
			continue;
		if (!bdb_log_pages_add(
			replay->pages, (uint32_t)(i - first), key))
			error = ENOMEM;
		if (error == 0 && bdb_log_leaf_entry(leaf, i + 1, &value))
			error = replay->sink->put(
			    replay->sink->argument, key, value, in_file);
	}
	return error;
}

static int
apply_split(
    struct replay *replay, bdb_log_place place, struct bdb_log_cursor *cursor)
{
	bool ours = is_ours(replay, cursor);
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
	error = put_half(replay, place, left, leaf, 0, (int)at);
	if (error == 0)
		error = put_half(replay, place, right, leaf, (int)at, entries);
	if (next != 0)
		(void)bdb_log_pages_change(
		    replay->pages, next, next_before, place);
	return error;
}

/* Pages beside it change, which their places in the log show. */
static void
apply_relink(
    struct replay *replay, bdb_log_place place, struct bdb_log_cursor *cursor)
{
	bool ours = is_ours(replay, cursor);

	bdb_log_skip(cursor, 2);
	for (int i = 0; i < 2; i++) {
		uint32_t page = bdb_log_number(cursor);
		bdb_log_place before = bdb_log_read_place(cursor);

		if (cursor->good && ours && page != 0)
			(void)bdb_log_pages_change(
			    replay->pages, page, before, place);
	}
}

static void
apply_mark(
    struct replay *replay, bdb_log_place place, struct bdb_log_cursor *cursor)
{
	bool ours = is_ours(replay, cursor);
	uint32_t page = bdb_log_number(cursor);
	bdb_log_place before = bdb_log_read_place(cursor);

	if (cursor->good && ours)
		(void)bdb_log_pages_change(replay->pages, page, before, place);
}

static void
apply_allocate(
    struct replay *replay, bdb_log_place place, struct bdb_log_cursor *cursor)
{
	bool ours = is_ours(replay, cursor);
	uint32_t page;

	bdb_log_skip(cursor, 5);
	page = bdb_log_number(cursor);
	if (cursor->good && ours)
		(void)bdb_log_pages_change(replay->pages, page, 0, place);
}

static int
apply(struct replay *replay, const struct change *change)
{
	struct bdb_log_cursor cursor = { change->record, true };

	switch (change->type) {
	case BDB_LOG_ADD_OR_REMOVE:
		return apply_add_or_remove(replay, change->place, &cursor);
	case BDB_LOG_REPLACE:
		return apply_replace(replay, change->place, &cursor);
	case BDB_LOG_SPLIT:
		return apply_split(replay, change->place, &cursor);
	case BDB_LOG_RELINK:
		apply_relink(replay, change->place, &cursor);
		return 0;
	case BDB_LOG_DELETE_MARK:
		apply_mark(replay, change->place, &cursor);
		return 0;
	case BDB_LOG_ALLOCATE:
		apply_allocate(replay, change->place, &cursor);
		return 0;
	default:
		return 0;
	}
}

static int
keep(struct replay *replay, const struct change *change)
{
	struct change *changes = replay->changes;
	char *copy = malloc(change->record.len + 1);

	if (copy == NULL)
		return ENOMEM;
	if (replay->count == replay->room) {
		changes = reallocarray(
		    changes, replay->room * 2 + 16, sizeof(*changes));
		if (changes == NULL) {
			free(copy);
			return ENOMEM;
		}
		replay->changes = changes;
		replay->room = replay->room * 2 + 16;
	}
	memcpy(copy, change->record.data, change->record.len);
	changes[replay->count] = *change;
	changes[replay->count++].record.data = copy;
	return 0;
}

/*
 * Ends what is going on: there is one transaction at a time. transaction 0:
 * whichever it was.
 */
static int
end(struct replay *replay, uint32_t transaction, bool committed)
{
	int error = 0;

	for (size_t i = 0; i < replay->count; i++) {
		struct change *change = &replay->changes[i];

		if (committed && error == 0 &&
		    (transaction == 0 || change->transaction == transaction))
			error = apply(replay, change);
	}
	replay->key.len = 0;
	replay->removed_page = NOTHING;
	for (size_t i = 0; i < replay->count; i++)
		free((void *)(uintptr_t)replay->changes[i].record.data);
	replay->count = 0;
	return error;
}

static void
adopt(struct replay *replay, uint32_t child, uint32_t parent)
{
	for (size_t i = 0; i < replay->count; i++) {
		if (replay->changes[i].transaction == child)
			replay->changes[i].transaction = parent;
	}
}

static int
take_record(void *argument, bdb_log_place place, struct bytes record)
{
	struct replay *replay = argument;
	struct bdb_log_cursor cursor = { record, true };
	struct change change = { .place = place };

	change.type = bdb_log_number(&cursor);
	change.transaction = bdb_log_number(&cursor);
	bdb_log_skip(&cursor, 2);
	change.record = cursor.left;
	switch (change.type) {
	case BDB_LOG_REGISTER:
		bdb_log_files_register(&replay->files, &cursor);
		return 0;
	case BDB_LOG_COMMIT:
		return end(replay, change.transaction,
		    bdb_log_number(&cursor) == COMMITTED);
	case BDB_LOG_CHILD:
		adopt(replay, bdb_log_number(&cursor), change.transaction);
		return 0;
	case BDB_LOG_ADD_OR_REMOVE:
	case BDB_LOG_REPLACE:
	case BDB_LOG_SPLIT:
	case BDB_LOG_RELINK:
	case BDB_LOG_DELETE_MARK:
	case BDB_LOG_ALLOCATE:
		return change.transaction == 0 ? apply(replay, &change) :
						 keep(replay, &change);
	default:
		return 0;
	}
}

static int
take_gap(void *argument, bdb_log_place place, uint64_t bytes)
{
	struct replay *replay = argument;
	int error = end(replay, 0, true);

	(void)place;
	replay->unread->places++;
	replay->unread->bytes += bytes;
	replay->unread->more |= bytes == 0;
	bdb_log_pages_forget(replay->pages);
	return error;
}

int
bdb_log_records(int directory_fd, enum store_table table,
    const struct bdb_log_sink *sink, struct bdb_log_unread *unread)
{
	struct replay replay = { .table = (int)table,
		.sink = sink,
		.unread = unread,
		.removed_page = NOTHING };
	struct bdb_log_reader reader = {
		.record = take_record, .gap = take_gap, .argument = &replay
	};
	int fd = openat(
	    directory_fd, bdb_files[table], O_RDONLY | BDB_DIRECTORY_SAFELY);
	int error = ENOMEM;

	*unread = (struct bdb_log_unread){ .places = 0 };
	bdb_log_files_init(&replay.files);
	replay.pages = bdb_log_pages_new(fd);
	if (replay.pages != NULL)
		error = bdb_log_read(directory_fd, &reader);
	(void)end(&replay, 0, false);
	free(replay.changes);
	bdb_log_pages_free(replay.pages);
	if (fd != -1)
		close(fd);
	return error;
}
