/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was given for the options of a program, each with the place that it came
 * from, and how these make the settings: the command line counts more than the
 * store, that more than the files, and these more than the defaults. In one
 * place the last counts, and of what is repeatable all do.
 */
#ifndef OPT_LIST_H
#define OPT_LIST_H

#include "opt_problem.h"
#include "opt_table.h"

/* The higher counts. */
enum opt_layer { OPT_FROM_FILE, OPT_FROM_STORE, OPT_FROM_COMMAND, OPT_LAYERS };

struct opt_entry {
	const struct opt *row;
	const char *text; /* as it was written */
	enum opt_layer layer;
	const char *where; /* the file, or the store; NULL: the command line */
	unsigned line;	   /* of a file */
};

enum { OPT_ENTRIES_MAX = 400 };

struct opt_list {
	size_t count;
	struct opt_entry entries[OPT_ENTRIES_MAX];
};

/*
 * Adds an entry, whose texts are kept by reference. False: *problem says why
 * its text can't be the value, or that there are too many.
 */
bool opt_list_add(
    struct opt_list *, struct opt_entry, struct opt_problem *problem);

/* Sets all that the rows name, from the defaults on. */
void opt_list_apply(
    const struct opt_list *, const struct opt *table, void *settings);

/*
 * The entry that counts for this row, or for another name of it; of several
 * (OPT_TEXTS) the first. NULL: the default does.
 */
const struct opt_entry *opt_list_find(
    const struct opt_list *, const struct opt *row);

/* Does this entry of the list count, alone or as one of several? */
bool opt_list_counts(const struct opt_list *, const struct opt_entry *);

#endif
