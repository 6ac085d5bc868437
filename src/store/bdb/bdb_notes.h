/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the processes of a store have said already, in the page of grey.lock
 * after its state. None of it is needed, and all may be lost: a page that
 * somebody wrote into, or that is of another form, counts as empty.
 *
 * A program that knows nothing of these leaves them alone, and they leave its
 * state alone: they have a place and a form of their own, and no version of the
 * state depends on them.
 */
#ifndef BDB_NOTES_H
#define BDB_NOTES_H

#include "bdb_lock.h"
#include "common/bytes.h"

/* Bytes of the page. */
#define BDB_NOTES_AT 1024

/*
 * True: no process has said what this mark stands for, and this one is now to
 * say it. Needs no lock. Of very many marks some are forgotten.
 */
bool bdb_notes_say_once(struct bdb_lock *, uint64_t mark);

/*
 * What the first version noted of how it used the store: the options that make
 * its keys. page: BDB_STATE_SIZE bytes, or a copy of them that is
 * aligned as a page. len 0: there is none.
 */
struct bytes bdb_notes_of_older(const char *page);

#endif
