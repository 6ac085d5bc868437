/* SPDX-License-Identifier: BSD-2-Clause */
#include "page_made.h"
#include "store/shared/store_notes.h"
#include "unit.h"

static void
said_once(void)
{
	page_make();
	CHECK(store_notes_say_once(page.bytes, 7));
	CHECK(!store_notes_say_once(page.bytes, 7));
	CHECK(store_notes_say_once(page.bytes, 8));
	CHECK(!store_notes_say_once(page.bytes, 7));
	CHECK(!store_notes_say_once(page.bytes, 8));
	page_unmake();
}

/* More than there is room for: the last ones at least are known. */
static void
many_marks(void)
{
	page_make();
	for (uint64_t mark = 1; mark <= 1000; mark++)
		CHECK(store_notes_say_once(page.bytes, mark));
	for (uint64_t mark = 900; mark <= 1000; mark++)
		CHECK(!store_notes_say_once(page.bytes, mark));
	page_unmake();
}

static void
state_stays(void)
{
	static char before[STORE_NOTES_AT];

	page_make();
	memset(before, 0xa5, sizeof(before));
	memcpy(page.bytes, before, sizeof(before));
	CHECK(store_notes_say_once(page.bytes, 7));
	CHECK(memcmp(page.bytes, before, sizeof(before)) == 0);
	page_unmake();
}

static void
older(void)
{
	static char longest[256];
	page_make();
	CHECK_NUMBER(store_notes_of_older(page.bytes).len, 0);
	CHECK(store_notes_say_once(page.bytes, 7));
	CHECK_NUMBER(store_notes_of_older(page.bytes).len, 0);
	page_put_note(LITERAL("--ipv4cidr=24"));
	CHECK_BYTES(store_notes_of_older(page.bytes), LITERAL("--ipv4cidr=24"));
	memset(longest, 'x', sizeof(longest));
	page_put_note((struct bytes){ longest, sizeof(longest) });
	CHECK_BYTES(store_notes_of_older(page.bytes),
	    ((struct bytes){ longest, sizeof(longest) }));
	((char *)page.bytes)[STORE_NOTES_AT + 8 + 192 * 8 + 20] = 'y';
	CHECK_NUMBER(store_notes_of_older(page.bytes).len, 0);
	page_unmake();
}

/* Somebody else's bytes. */
static void
spoilt(void)
{
	page_make();
	page_put_note(LITERAL("one"));
	memset((char *)page.bytes + STORE_NOTES_AT, 0xa5,
	    STORE_PAGE_HALF - STORE_NOTES_AT);
	CHECK_NUMBER(store_notes_of_older(page.bytes).len, 0);
	CHECK(store_notes_say_once(page.bytes, 7));
	CHECK(!store_notes_say_once(page.bytes, 7));
	CHECK_NUMBER(store_notes_of_older(page.bytes).len, 0);
	page_unmake();
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
