/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last entry of each host, in case that the next one says that it was
 * repeated. Of hosts that share a place, the last one's.
 */
#ifndef REPEATS_H
#define REPEATS_H

#include "entry.h"

struct repeats;

struct repeats *repeats_new(void);
void repeats_free(struct repeats *);

/* The text must stay until repeats_keep(). */
void repeats_remember(struct repeats *, const struct entry *);

/* The texts of entries go; those that are remembered stay. */
void repeats_keep(struct repeats *);

/* What that host says to be repeated is not known. */
void repeats_forget(struct repeats *, const struct writer *);

enum repeats_result {
	REPEATS_FOUND,
	REPEATS_NONE,
	REPEATS_LOST /* another host has its place */
};

/* Who wrote it and what, into the entry. */
enum repeats_result repeats_find(
    const struct repeats *, const struct writer *, struct entry *);

#endif
