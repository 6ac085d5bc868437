/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lists of grey-check: those of the options, or the default ones, each with
 * the .local beside it. A default file or a .local that does not exist counts
 * as empty. Of several files the first that has an entry counts, and a .local
 * stands before its default file.
 */
#ifndef LISTS_H
#define LISTS_H

#include "list_file.h"
#include "settings.h"

/* The files for one purpose. */
struct list_set {
	enum list_kind kind;
	size_t count;
	struct list_file files[OPT_TEXTS_MAX];
};

enum {
	LISTS_CLIENTS, /* that pass, as the next two */
	LISTS_RECIPIENTS,
	LISTS_SENDERS,
	LISTS_GREYLISTED, /* if any: the only recipients that are */
	LISTS_SETS
};

struct lists {
	struct list_set set[LISTS_SETS];
	struct store *store; /* through which problems are said once, or NULL */
	bool usable;
	int64_t next_look;
};

void lists_set(struct lists *, const struct settings *);
void lists_free(struct lists *);

/*
 * Reads what has changed, but looks no more often than once a second. now:
 * milliseconds of a clock that only goes forward, not negative. False: a list
 * that is needed could not be read so far, which went to msg().
 */
bool lists_refresh(struct lists *, int64_t now);

/* What a file holds, for --check-config and --check-postfix. */
struct lists_facts {
	const char *path;
	const char *role; /* such as "clients that pass" */
	bool readable;	  /* or it does not exist and need not */
	bool exists;
	size_t entries;
	int64_t newest;	   /* of the dates in its comments; 0: none */
	int64_t changed;   /* when it was last written to, epoch seconds */
	unsigned problems; /* that went to msg() */
};
typedef void lists_show(void *argument, const struct lists_facts *);

/*
 * Reads all lists, whether they have changed or not, reports all problems by
 * msg(), shows what each file holds, in the order in which they count, and
 * returns how many problems there were.
 */
unsigned lists_check(struct lists *, lists_show *, void *argument);

/* True: *match is the entry that counts. */
bool lists_find(const struct list_set *, const struct list_subject *,
    struct list_match *match);

#endif
