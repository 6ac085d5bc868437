/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list and the file that it comes from, which may be edited or replaced at
 * any time: each look reads it again if it has changed.
 *
 * What is read first counts as it is, but for its bad lines. Later, a file that
 * can't be read or has bad lines is reported once, and what was read before
 * stays in use. Of the processes that share a store the first that finds a bad
 * line reports it, once until the file changes. A file that was written to
 * within the last tenth of a second, or that has just gone, may be in the hands
 * of an editor: it is left for the next look.
 */
#ifndef LIST_FILE_H
#define LIST_FILE_H

#include "common/file_version.h"
#include "lists/list.h"
#include "store/store.h"

struct list_file {
	const char *path;
	bool optional;	    /* if it does not exist it is empty */
	bool hides_entries; /* problems name lines, not what is there */
	bool usable;	    /* it was read, or need not be */
	bool sound;	    /* ... and is something to go back to */
	struct list *list;  /* NULL: empty */
	struct file_version version; /* that was read last */
	bool settled;		     /* nobody was at work on that */
	int seen_error;		     /* of stat(2), at the last look */
	int reported_error;	     /* why it can't be read; 0: it can */
};

/* path is kept by reference. */
void list_file_init(struct list_file *, const char *path, bool optional);
void list_file_free(struct list_file *);

/*
 * Looks at the file. Problems go to msg(): by way of the store, or if there is
 * none (NULL), from each process.
 */
void list_file_refresh(struct list_file *, enum list_kind, struct store *);

/*
 * For --check-config: reads the file, reports all that is bad or doubtful in
 * it, and returns how many problems there were. What was read, and when it was
 * last written to, is in file->list and file->version then.
 */
unsigned list_file_check(struct list_file *, enum list_kind);

/* The same for the entries of `later` that `first` has, too. */
unsigned list_file_compare(
    const struct list_file *first, const struct list_file *later);

#endif
