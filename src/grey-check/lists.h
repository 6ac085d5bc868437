/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which list files there are: the ones of the options, or the default ones,
 * each with the .local beside it. A default file or a .local that does not
 * exist is an empty one. Of several files the first that has an entry counts;
 * of a default file and its .local, the .local.
 */
#ifndef LISTS_H
#define LISTS_H

#include "list_file.h"
#include "settings.h"

/* Files with entries of one kind. */
struct list_set {
	enum list_kind kind;
	size_t count;
	struct list_file files[OPT_TEXTS_MAX];
};

struct lists {
	struct list_set clients; /* that pass, as the next two */
	struct list_set recipients;
	struct list_set senders;
	struct list_set greylisted; /* recipients; if there is one, only they */
	bool usable;
	int64_t next_look;
};

void lists_init(struct lists *, const struct settings *);
void lists_free(struct lists *);

/*
 * Reads what has changed, but looks no more often than once a second. now:
 * milliseconds of a clock that only goes forward, not negative. False: a list
 * that counts has never been readable; msg() was told.
 */
bool lists_refresh(struct lists *, int64_t now);

/* For --check-config: tells and counts all problems. */
unsigned lists_check(struct lists *);

/* True: *match is the entry that counts. */
bool lists_find(const struct list_set *, const struct list_subject *,
    struct list_match *match);

#endif
