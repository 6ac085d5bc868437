/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/mark.h"
#include "store/bdb/bdb_notes.h"
#include "unit.h"

static char directory[64];
static struct bdb_lock lock;

static void
begin(void)
{
	const char *distrust;
	int fd;

	strcpy(directory, "/tmp/grey-unit-XXXXXX");
	if (!CHECK(mkdtemp(directory) != NULL))
		abort();
	fd = open(directory, O_RDONLY | O_DIRECTORY);
	CHECK_NUMBER(bdb_lock_open(&lock, fd, &distrust), 0);
	close(fd);
}

static void
end(void)
{
	char path[80];

	bdb_lock_close(&lock);
	snprintf(path, sizeof(path), "%s/grey.lock", directory);
	unlink(path);
	CHECK(rmdir(directory) == 0);
}

static void
said_once(void)
{
	begin();
	CHECK(bdb_notes_say_once(&lock, 7));
	CHECK(!bdb_notes_say_once(&lock, 7));
	CHECK(bdb_notes_say_once(&lock, 8));
	CHECK(!bdb_notes_say_once(&lock, 7));
	CHECK(!bdb_notes_say_once(&lock, 8));
	end();
}

/* More than there is room for: the last ones at least are known. */
static void
many_marks(void)
{
	begin();
	for (uint64_t mark = 1; mark <= 1000; mark++)
		CHECK(bdb_notes_say_once(&lock, mark));
	for (uint64_t mark = 900; mark <= 1000; mark++)
		CHECK(!bdb_notes_say_once(&lock, mark));
	end();
}

static void
state_stays(void)
{
	struct bdb_state state;

	begin();
	CHECK(!bdb_state_check(&lock));
	state = *lock.state;
	CHECK(bdb_notes_say_once(&lock, 7));
	CHECK(bdb_state_check(&lock));
	CHECK(memcmp(&state, (const void *)(uintptr_t)lock.state,
		  sizeof(state)) == 0);
	end();
}

/* The first version's note, where that puts it. */
static void
put_note(char *page, struct bytes note)
{
	uint64_t mark = mark_add(
	    mark_add_number(MARK_NONE, (int64_t)note.len), note);
	char *at = page + BDB_NOTES_AT + 8 + 192 * 8;

	memcpy(at, &mark, 8);
	memcpy(at + 8, &note.len, 8);
	memcpy(at + 16, note.data, note.len);
}

static void
older(void)
{
	static char longest[256];
	char *page;

	begin();
	page = (char *)(uintptr_t)lock.state;
	CHECK_NUMBER(bdb_notes_of_older(page).len, 0);
	CHECK(bdb_notes_say_once(&lock, 7));
	CHECK_NUMBER(bdb_notes_of_older(page).len, 0);
	put_note(page, LITERAL("--ipv4cidr=24"));
	CHECK_BYTES(bdb_notes_of_older(page), LITERAL("--ipv4cidr=24"));
	memset(longest, 'x', sizeof(longest));
	put_note(page, (struct bytes){ longest, sizeof(longest) });
	CHECK_BYTES(bdb_notes_of_older(page),
	    ((struct bytes){ longest, sizeof(longest) }));
	page[BDB_NOTES_AT + 8 + 192 * 8 + 20] = 'y';
	CHECK_NUMBER(bdb_notes_of_older(page).len, 0);
	end();
}

/* Somebody else's bytes. */
static void
spoilt(void)
{
	char *page;

	begin();
	page = (char *)(uintptr_t)lock.state;
	put_note(page, LITERAL("one"));
	memset(page + BDB_NOTES_AT, 0xa5, BDB_STATE_SIZE - BDB_NOTES_AT);
	CHECK_NUMBER(bdb_notes_of_older(page).len, 0);
	CHECK(bdb_notes_say_once(&lock, 7));
	CHECK(!bdb_notes_say_once(&lock, 7));
	CHECK_NUMBER(bdb_notes_of_older(page).len, 0);
	end();
}

const struct unit_test unit_bdb_notes[] = {
	{ "store: of a mark, only the first who asks is to say it", said_once },
	{ "store: of more marks than there is room for, the last are known",
	    many_marks },
	{ "store: notes leave the lock's state as it is", state_stays },
	{ "store: what the first version noted is read, unless it was changed",
	    older },
	{ "store: notes that were spoilt count as none", spoilt },
	{ NULL, NULL }
};
