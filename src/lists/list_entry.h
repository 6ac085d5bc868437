/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of one entry, as it stands in a file, to what a list holds of it.
 */
#ifndef LIST_ENTRY_H
#define LIST_ENTRY_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define HASH_NONFATAL_OOM 1
/* A sender's clients are a table of their own, and mostly few. */
#define HASH_INITIAL_NUM_BUCKETS 4U
#define HASH_INITIAL_NUM_BUCKETS_LOG2 2U
#include <uthash.h>

#include "list.h"

/* The first byte of a key says what it is; the rest is in lower case. */
enum list_entry_type {
	LIST_ENTRY_NAME = 'n',
	LIST_ENTRY_NETWORK = 'i',
	LIST_ENTRY_USER = 'u',
	LIST_ENTRY_NULL_SENDER = 'e', /* and nothing after it */
	LIST_ENTRY_REGEXP = 'r'
};

/*
 * What is known of a key, from one line or from several. `line` is that of the
 * entry which holds for all clients, 0 if there is none; `clients` are those
 * that others are bound to, each with a line of its own.
 */
struct list_entry {
	UT_hash_handle hh;
	struct list_entry *next_regexp; /* in the file */
	pcre2_code *regexp;
	struct list *clients; /* NULL: none */
	int64_t delay;	      /* as that of a list_match */
	bool never;
	unsigned line;
	unsigned len;
	char key[];
};

/* The one problem that is not the text's. */
extern const char list_no_memory[];

#define LIST_PROBLEM_MAX 400

/*
 * NULL, and *entry is the caller's; or what is wrong with the text, which may
 * lie in `problem`. The text holds neither blanks nor NUL.
 */
const char *list_entry_make(enum list_kind, struct bytes text,
    struct list_entry **entry, char problem[static LIST_PROBLEM_MAX]);

/*
 * NULL, or why a good entry is not what it seems: it matches nothing that
 * Postfix ever asks about, or more than what is written. (list_doubt.c)
 */
const char *list_doubt(enum list_kind, struct bytes text,
    const struct list_entry *, char problem[static LIST_PROBLEM_MAX]);

/*
 * A client that matches the name "unknown", which all clients have that have no
 * name that counts: bots, mostly.
 */
bool list_is_sweeping(const struct list_entry *client);

/* Of a network: its address, cut to the prefix, and the prefix, of 128 bits. */
struct address list_entry_address(const struct list_entry *network);
unsigned list_entry_prefix(const struct list_entry *network);

#endif
