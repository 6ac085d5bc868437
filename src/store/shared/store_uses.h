/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the services use the store, in the second half of the page that they
 * share (store_page.h; the first version knows only its first half): a few
 * texts, and when each served last. None of it is needed, and all may be lost.
 * What somebody wrote into counts as empty, and so does what a killed process
 * wrote half.
 *
 * Beside the times it counts turns: each time that another use serves than the
 * one before, or that a process begins, is one more.
 */
#ifndef STORE_USES_H
#define STORE_USES_H

#include "store/store.h"

/* Bytes of the file. */
#define STORE_USES_AT 4096

/* How this process uses the store. */
struct store_own_use {
	uint32_t layout; /* of what is stored: the last that we know */
	uint64_t mark;
	size_t len; /* 0: it does not serve */
	char text[STORE_USE_MAX];
	bool begun; /* it has served so */
	int slot;
	int64_t next_look; /* when it looks for news again, epoch seconds */
	enum store_use_news news;
};

/* From now on it is this one; the text is copied. */
void store_uses_begin(
    struct store_own_use *, uint32_t layout, struct bytes text);

/*
 * While nobody else writes there: it serves at `now`, epoch seconds. Makes no
 * system call; where it served last as well it costs next to nothing. page
 * NULL: there is no room.
 */
void store_uses_serve(void *page, struct store_own_use *, int64_t now);

/* The layout of what is stored; 0: nobody says. page NULL: there is none. */
uint32_t store_uses_layout(const void *page);

/* Those in the bytes of the file, aligned as a page; see store_uses(). */
size_t store_uses_read(
    const char *file, size_t len, struct store_use uses[static STORE_USES_MAX]);

/*
 * Those in the file of this name, for a store that need not be open. fd: the
 * file's, or -1; locked: those who write there hold flock(2) on it.
 */
size_t store_uses_look(const char *directory, const char *name, int fd,
    bool locked, struct store_use uses[static STORE_USES_MAX]);

#endif
