/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records that were read and are not stored yet, to be stored in the order of
 * their keys: a page of the store is then changed once, by all that belong into
 * it, and new pages are filled. Of equal keys the one that was added first
 * comes first. Some dozens of megabytes at most; a longer input is several
 * piles.
 */
#ifndef PILE_H
#define PILE_H

#include "item.h"

struct pile;

/* NULL: out of memory. */
struct pile *pile_new(void);
void pile_free(struct pile *);

/* False: it is full, and has not taken it. An empty one takes any. */
bool pile_add(struct pile *, const struct item *);

/* The next in order; none may be added until all were taken. False: none. */
bool pile_take(struct pile *, struct item *);

#endif
