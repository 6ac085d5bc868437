/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last entry of each host, in case the next one says that it was repeated.
 * When there are too many hosts, the one that came first makes room for the
 * next. A repeat that names no host ("-") is of the latest entry.
 */
#ifndef REPEATS_H
#define REPEATS_H

#include "entry.h"

struct repeats;

struct repeats *repeats_new(void);
void repeats_free(struct repeats *);

/* The text must stay until repeats_keep(). */
void repeats_remember(struct repeats *, const struct entry *);

/* The buffers of the texts are about to be used again: copies are made. */
void repeats_keep(struct repeats *);

/* The last entry of this host is not to be counted again. */
void repeats_forget(struct repeats *, const struct writer *);

enum repeats_result {
	REPEATS_FOUND,
	REPEATS_NONE,
	REPEATS_LOST /* another host may have its place */
};

/* Into the entry: who wrote the last one, and what. */
enum repeats_result repeats_find(
    const struct repeats *, const struct writer *, struct entry *);

#endif
