/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include <string.h>

#include "common/mark.h"
#include "store_notes.h"
#include "store_page.h"

/* Says that the rest is what this program means by it. 0: a new page. */
#define NOTES_FORM UINT64_C(0x3165746f4e797247)

enum { MARKS = 192, NOTE_MAX = 256 };

struct notes {
	_Atomic uint64_t form;
	_Atomic uint64_t said[MARKS]; /* in order, and then 0 */
	uint64_t note_mark; /* of the next two: neither cut nor overwritten */
	uint64_t note_len;
	char note[NOTE_MAX];
};

_Static_assert(
    STORE_NOTES_AT + sizeof(struct notes) <= STORE_PAGE_HALF, "there is room");

static struct notes *
notes_of(void *page)
{
	struct notes *notes = (void *)((char *)page + STORE_NOTES_AT);
	uint64_t form = atomic_load(&notes->form);

	if (form == NOTES_FORM)
		return notes;
	if (form != 0)
		memset(notes, 0, sizeof(*notes));
	atomic_store(&notes->form, NOTES_FORM);
	return notes;
}

/*
 * Places fill up from the front and never become empty again, so of two
 * processes that look for a mark at once the later finds what the earlier put.
 */
bool
store_notes_say_once(void *page, uint64_t mark)
{
	struct notes *notes = notes_of(page);
	uint64_t there;

	for (int i = 0; i < MARKS; i++) {
		there = 0;
		if (atomic_compare_exchange_strong(
			&notes->said[i], &there, mark))
			return true;
		if (there == mark)
			return false;
	}
	return atomic_exchange(&notes->said[mark % MARKS], mark) != mark;
}

static uint64_t
mark_of(const struct notes *notes)
{
	uint64_t mark = mark_add_number(MARK_NONE, (int64_t)notes->note_len);

	return mark_add(mark, (struct bytes){ notes->note, notes->note_len });
}

struct bytes
store_notes_of_older(const void *page)
{
	const struct notes *notes = (const void *)((const char *)page +
	    STORE_NOTES_AT);

	if (notes->form != NOTES_FORM || notes->note_len > NOTE_MAX ||
	    notes->note_mark != mark_of(notes))
		return (struct bytes){ notes->note, 0 };
	return (struct bytes){ notes->note, notes->note_len };
}
