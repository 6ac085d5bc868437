/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include <string.h>

#include "bdb_notes.h"
#include "common/mark.h"

/* Says that the rest is what this program means by it. 0: a new page. */
#define NOTES_FORM UINT64_C(0x3165746f4e797247)

enum { MARKS = 192 };

struct notes {
	_Atomic uint64_t form;
	_Atomic uint64_t said[MARKS]; /* in order, and then 0 */
	uint64_t note_mark; /* of the next two: neither cut nor overwritten */
	uint64_t note_len;
	char note[STORE_NOTE_MAX];
};

_Static_assert(
    sizeof(struct bdb_state) <= BDB_NOTES_AT, "the state comes before");
_Static_assert(
    BDB_NOTES_AT + sizeof(struct notes) <= BDB_LOCK_SIZE, "there is room");

static struct notes *
notes_of(const struct bdb_lock *lock)
{
	char *page = (char *)(uintptr_t)lock->state;
	struct notes *notes = (struct notes *)(void *)(page + BDB_NOTES_AT);
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
bdb_notes_say_once(struct bdb_lock *lock, uint64_t mark)
{
	struct notes *notes = notes_of(lock);
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

size_t
bdb_notes_exchange(struct bdb_lock *lock, struct bytes note,
    char before[static STORE_NOTE_MAX])
{
	struct notes *notes = notes_of(lock);
	size_t len = 0;

	if (notes->note_len <= STORE_NOTE_MAX &&
	    notes->note_mark == mark_of(notes))
		len = notes->note_len;
	memcpy(before, notes->note, len);
	if (note.len == 0 || bytes_equal(note, (struct bytes){ before, len }))
		return len;
	notes->note_len = note.len;
	memcpy(notes->note, note.data, note.len);
	notes->note_mark = mark_of(notes);
	return len;
}
