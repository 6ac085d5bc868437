/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "bdb_directory.h"
#include "bdb_log_records.h"

enum { COMMITTED = 1 };

struct replay {
	struct bdb_log_apply apply;
	struct bdb_log_unread *unread;
	/* Of transactions that have not ended yet; their records are malloc'ed.
	 */
	struct bdb_log_change *changes;
	size_t count, room;
};

static int
keep(struct replay *replay, const struct bdb_log_change *change)
{
	struct bdb_log_change *changes = replay->changes;
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
		const struct bdb_log_change *change = &replay->changes[i];

		if (committed && error == 0 &&
		    (transaction == 0 || change->transaction == transaction))
			error = bdb_log_apply(&replay->apply, change);
	}
	bdb_log_apply_forget(&replay->apply);
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
	struct bdb_log_change change = { .place = place };
	struct bytes id;

	change.type = bdb_log_number(&cursor);
	change.transaction = bdb_log_number(&cursor);
	bdb_log_skip(&cursor, 2);
	change.record = cursor.left;
	switch (change.type) {
	case BDB_LOG_REGISTER:
		(void)bdb_log_files_register(
		    &replay->apply.files, &cursor, &id);
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
		return keep(replay, &change);
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
	bdb_log_pages_forget(replay->apply.pages);
	return error;
}

int
bdb_log_records(int directory_fd, enum store_table table,
    const struct bdb_log_sink *sink, struct bdb_log_unread *unread)
{
	struct replay replay = { .apply = { .table = (int)table, .sink = sink },
		.unread = unread };
	struct bdb_log_reader reader = {
		.record = take_record, .gap = take_gap, .argument = &replay
	};
	int fd = openat(
	    directory_fd, bdb_files[table], O_RDONLY | STORE_DIRECTORY_SAFELY);
	int error = ENOMEM;

	*unread = (struct bdb_log_unread){ .places = 0 };
	bdb_log_files_init(&replay.apply.files);
	bdb_log_apply_forget(&replay.apply);
	replay.apply.pages = bdb_log_pages_new(fd);
	if (replay.apply.pages != NULL)
		error = bdb_log_read(directory_fd, &reader);
	(void)end(&replay, 0, false);
	free(replay.changes);
	bdb_log_pages_free(replay.apply.pages);
	if (fd != -1)
		close(fd);
	return error;
}
