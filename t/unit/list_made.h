/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists made of a text, what is told of it, and what is found in them.
 */
#ifndef LIST_MADE_H
#define LIST_MADE_H

#include "lists/list.h"
#include "unit.h"

/* "2: \"10.\": it is ..." lines, each list's file by the name that it had. */
struct complaints {
	char ignored[4096];
	char doubtful[8192];
	char file[64];
};

/* A client or address that no list here has. */
#define OTHER "203.0.113.9"

/* Collects into a struct complaints, and checks the file's name. */
list_complaint collect_complaint;

/* A list of one file of this text, whose name stays in *complaints. */
struct list *list_of(enum list_kind, struct bytes text, struct complaints *);

/* Line 0: none is found. */
struct list_match found_client(
    const struct list *, const char *name, const char *address);
struct list_match found_recipient(const struct list *, const char *recipient);
struct list_match found_sender(const struct list *, const char *sender,
    const char *client_name, const char *client_address);

static inline bool
has_client(const struct list *list, const char *name, const char *address)
{
	return found_client(list, name, address).line != 0;
}

static inline bool
has_recipient(const struct list *list, const char *recipient)
{
	return found_recipient(list, recipient).line != 0;
}

#endif
