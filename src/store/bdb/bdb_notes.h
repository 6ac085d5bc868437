/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the processes of a store tell each other, in the page of grey.lock after
 * its state: what has been said already, and how the store is used. None of it
 * is needed, and all may be lost: a page that somebody wrote into, or that is
 * of another form, counts as empty.
 *
 * A program that knows nothing of these leaves them alone, and they leave its
 * state alone: they have a place and a form of their own, and no version of the
 * state depends on them.
 */
#ifndef BDB_NOTES_H
#define BDB_NOTES_H

#include "bdb_lock.h"
#include "store/store.h"

/* Bytes of the page. */
#define BDB_NOTES_AT 1024

/*
 * True: no process has said what this mark stands for, and this one is now to
 * say it. Needs no lock. Of very many marks some are forgotten.
 */
bool bdb_notes_say_once(struct bdb_lock *, uint64_t mark);

/*
 * While holding the lock: puts the note, of STORE_NOTE_MAX bytes at most, in
 * the place of the one that was there; an empty one leaves it. Returns the
 * length of that, 0: there was none.
 */
size_t bdb_notes_exchange(
    struct bdb_lock *, struct bytes note, char before[static STORE_NOTE_MAX]);

#endif
