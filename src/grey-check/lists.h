/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which list files there are, and reading them all: the ones of the options, or
 * the default ones, each with the .local beside it. A default file or a .local
 * that does not exist is an empty one.
 */
#ifndef LISTS_H
#define LISTS_H

#include "list.h"
#include "settings.h"

struct lists {
	struct list *clients;
	struct list *recipients;
	unsigned bad_lines;  /* each was told to msg(), as file:line */
	unsigned unreadable; /* files, likewise */
};

/* False: out of memory. What could be read is usable in any case. */
bool lists_read(struct lists *, const struct settings *);
void lists_free(struct lists *);

#endif
