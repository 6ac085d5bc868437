/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the processes of a store have said already, in the page that they share
 * (store_page.h) after the engine's own. None of it is needed, and all may be
 * lost: a page that somebody wrote into, or that is of another form, counts as
 * empty.
 *
 * A program that knows nothing of these leaves them alone, and they leave its
 * state alone: they have a place and a form of their own, and no version of the
 * state depends on them.
 */
#ifndef STORE_NOTES_H
#define STORE_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/bytes.h"

/* Bytes of the page. */
#define STORE_NOTES_AT 1024

/*
 * True: no process has said what this mark stands for, and this one is now to
 * say it. Needs no lock. Of very many marks some are forgotten.
 */
bool store_notes_say_once(void *page, uint64_t mark);

/*
 * What the first version noted of how it used the store: the options that make
 * its keys. page: STORE_PAGE_HALF bytes, or a copy of them that is
 * aligned as a page. len 0: there is none.
 */
struct bytes store_notes_of_older(const void *page);

#endif
