/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the services use the store, in the second half of grey.lock, which the
 * first version leaves alone: a few texts, and when each served last.
 * None of it is needed, and all may be lost. What somebody wrote into counts as
 * empty, and so does what a killed process wrote half.
 *
 * Beside the times it counts turns: each time that another use serves than the
 * one before, or that a process begins, is one more.
 */
#ifndef BDB_USES_H
#define BDB_USES_H

#include "bdb_lock.h"
#include "store/store.h"

/* Bytes of the file. */
#define BDB_USES_AT BDB_STATE_SIZE

/* Of all that is stored: the last that this program knows, see bdb_lock.h. */
#define BDB_LAYOUT 1

/* How this process uses the store. */
struct bdb_use {
	uint64_t mark;
	size_t len; /* 0: it does not serve */
	char text[STORE_USE_MAX];
	bool begun; /* it has served so */
	int slot;
	int64_t next_look; /* when it looks for news again, epoch seconds */
	enum store_use_news news;
};

/* From now on it is this one; the text is copied. */
void bdb_use_begin(struct bdb_use *, struct bytes text);

/*
 * While holding the lock: it serves at `now`, epoch seconds. Makes no system
 * call; where it served last as well it costs next to nothing.
 */
void bdb_uses_serve(struct bdb_lock *, struct bdb_use *, int64_t now);

/* While holding the lock: the layout of what is stored; 0: nobody says. */
uint32_t bdb_uses_layout(const struct bdb_lock *);

/* Those in the bytes of grey.lock, aligned as a page; see store_uses(). */
size_t bdb_uses_read(
    const char *file, size_t len, struct store_use uses[static STORE_USES_MAX]);

#endif
