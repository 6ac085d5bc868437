/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
	static char before[STORE_NOTE_MAX];
	struct bdb_state state;

	begin();
	CHECK(!bdb_state_check(&lock));
	state = *lock.state;
	CHECK(bdb_notes_say_once(&lock, 7));
	bdb_notes_exchange(&lock, LITERAL("note"), before);
	CHECK(bdb_state_check(&lock));
	CHECK(memcmp(&state, (const void *)(uintptr_t)lock.state,
		  sizeof(state)) == 0);
	end();
}

static void
exchanged(void)
{
	static char before[STORE_NOTE_MAX], longest[STORE_NOTE_MAX];
	const struct bytes all = { longest, sizeof(longest) };
	size_t len;

	begin();
	memset(longest, 'x', sizeof(longest));
	CHECK_NUMBER(bdb_notes_exchange(&lock, LITERAL("one"), before), 0);
	len = bdb_notes_exchange(&lock, LITERAL("one"), before);
	CHECK_BYTES(((struct bytes){ before, len }), LITERAL("one"));
	len = bdb_notes_exchange(&lock, all, before);
	CHECK_BYTES(((struct bytes){ before, len }), LITERAL("one"));
	len = bdb_notes_exchange(&lock, LITERAL("two"), before);
	CHECK_BYTES(((struct bytes){ before, len }), all);
	end();
}

/* A process that was killed while it wrote, or somebody else's bytes. */
static void
spoilt(void)
{
	static char before[STORE_NOTE_MAX];
	char *page;

	begin();
	page = (char *)(uintptr_t)lock.state;
	bdb_notes_exchange(&lock, LITERAL("one"), before);
	for (size_t i = BDB_NOTES_AT; i < BDB_LOCK_SIZE; i++)
		page[i] = (char)(page[i] == 'n' ? 'm' : page[i]);
	CHECK_NUMBER(bdb_notes_exchange(&lock, LITERAL("two"), before), 0);
	memset(page + BDB_NOTES_AT, 0xa5, BDB_LOCK_SIZE - BDB_NOTES_AT);
	CHECK(bdb_notes_say_once(&lock, 7));
	CHECK(!bdb_notes_say_once(&lock, 7));
	CHECK_NUMBER(bdb_notes_exchange(&lock, LITERAL("one"), before), 0);
	CHECK_NUMBER(bdb_notes_exchange(&lock, LITERAL("two"), before), 3);
	end();
}

const struct unit_test unit_bdb_notes[] = {
	{ "store: of a mark, only the first who asks is to say it", said_once },
	{ "store: of more marks than there is room for, the last are known",
	    many_marks },
	{ "store: notes leave the lock's state as it is", state_stays },
	{ "store: a note is exchanged for the one before", exchanged },
	{ "store: notes that were spoilt count as none", spoilt },
	{ NULL, NULL }
};
