/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of one entry, as it stands in a file, to what a list holds of it.
 */
#ifndef LIST_ENTRY_H
#define LIST_ENTRY_H

#include "list_table.h"

/* The one problem that is not the text's. */
extern const char list_no_memory[];

/*
 * NULL, and *entry is the caller's; or what is wrong with the text, valid until
 * the next call. The text holds neither blanks nor NUL.
 */
const char *list_entry_make(
    enum list_kind, struct bytes text, struct entry **entry);

/*
 * (In list_doubt.c.)
 * NULL, or why a good entry is not what it seems: it can't match what Postfix
 * asks of, or matches more than what is written.
 */
const char *list_entry_doubt(
    enum list_kind, struct bytes text, const struct entry *);

#endif
