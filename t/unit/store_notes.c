/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/mark.h"
#include "store/shared/store_notes.h"
#include "store/shared/store_page.h"
#include "unit.h"

static char directory[64];
static struct store_page page;

static void
begin(void)
{
	const char *distrust;
	int fd;

	strcpy(directory, "/tmp/grey-unit-XXXXXX");
	if (!CHECK(mkdtemp(directory) != NULL))
		abort();
	fd = open(directory, O_RDONLY | O_DIRECTORY);
	CHECK_NUMBER(store_page_open(&page, fd, "grey.state", &distrust), 0);
	close(fd);
}

static void
end(void)
{
	char path[80];

	store_page_close(&page);
	snprintf(path, sizeof(path), "%s/grey.state", directory);
	unlink(path);
	CHECK(rmdir(directory) == 0);
}

static void
said_once(void)
{
	begin();
	CHECK(store_notes_say_once(page.bytes, 7));
	CHECK(!store_notes_say_once(page.bytes, 7));
	CHECK(store_notes_say_once(page.bytes, 8));
	CHECK(!store_notes_say_once(page.bytes, 7));
	CHECK(!store_notes_say_once(page.bytes, 8));
	end();
}

/* More than there is room for: the last ones at least are known. */
static void
many_marks(void)
{
	begin();
	for (uint64_t mark = 1; mark <= 1000; mark++)
		CHECK(store_notes_say_once(page.bytes, mark));
	for (uint64_t mark = 900; mark <= 1000; mark++)
		CHECK(!store_notes_say_once(page.bytes, mark));
	end();
}

static void
state_stays(void)
{
	static char before[STORE_NOTES_AT];

	begin();
	memset(before, 0xa5, sizeof(before));
	memcpy(page.bytes, before, sizeof(before));
	CHECK(store_notes_say_once(page.bytes, 7));
	CHECK(memcmp(page.bytes, before, sizeof(before)) == 0);
	end();
}

/* The first version's note, where that puts it. */
static void
put_note(struct bytes note)
{
	uint64_t mark = mark_add(
	    mark_add_number(MARK_NONE, (int64_t)note.len), note);
	char *at = (char *)page.bytes + STORE_NOTES_AT + 8 + 192 * 8;

	memcpy(at, &mark, 8);
	memcpy(at + 8, &note.len, 8);
	memcpy(at + 16, note.data, note.len);
}

static void
older(void)
{
	static char longest[256];
	begin();
	CHECK_NUMBER(store_notes_of_older(page.bytes).len, 0);
	CHECK(store_notes_say_once(page.bytes, 7));
	CHECK_NUMBER(store_notes_of_older(page.bytes).len, 0);
	put_note(LITERAL("--ipv4cidr=24"));
	CHECK_BYTES(store_notes_of_older(page.bytes), LITERAL("--ipv4cidr=24"));
	memset(longest, 'x', sizeof(longest));
	put_note((struct bytes){ longest, sizeof(longest) });
	CHECK_BYTES(store_notes_of_older(page.bytes),
	    ((struct bytes){ longest, sizeof(longest) }));
	((char *)page.bytes)[STORE_NOTES_AT + 8 + 192 * 8 + 20] = 'y';
	CHECK_NUMBER(store_notes_of_older(page.bytes).len, 0);
	end();
}

/* Somebody else's bytes. */
static void
spoilt(void)
{
	begin();
	put_note(LITERAL("one"));
	memset((char *)page.bytes + STORE_NOTES_AT, 0xa5,
	    STORE_PAGE_HALF - STORE_NOTES_AT);
	CHECK_NUMBER(store_notes_of_older(page.bytes).len, 0);
	CHECK(store_notes_say_once(page.bytes, 7));
	CHECK(!store_notes_say_once(page.bytes, 7));
	CHECK_NUMBER(store_notes_of_older(page.bytes).len, 0);
	end();
}

const struct unit_test unit_store_notes[] = {
	{ "store: of a mark, only the first who asks is to say it", said_once },
	{ "store: of more marks than there is room for, the last are known",
	    many_marks },
	{ "store: notes leave the engine's own part of the page as it is",
	    state_stays },
	{ "store: what the first version noted is read, unless it was changed",
	    older },
	{ "store: notes that were spoilt count as none", spoilt },
	{ NULL, NULL }
};
