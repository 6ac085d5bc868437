/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a list is made of: list_entry.c and list_read.c fill it, list.c looks
 * things up in it.
 */
#ifndef LIST_TABLE_H
#define LIST_TABLE_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "list.h"

/* The first byte of a key tells what it is; the rest is in lower case. */
enum entry_type {
	ENTRY_NAME = 'n',
	ENTRY_NETWORK = 'i',
	ENTRY_USER = 'u',
	ENTRY_REGEXP = 'r'
};

/* A network's key: type, prefix length, the address cut to it. */
enum { NETWORK_KEY_SIZE = 2 + 16 };

struct entry {
	UT_hash_handle hh;
	struct entry *next; /* of the same key; of regexps: in the file */
	struct entry *last; /* of the first of a key: the last of it */
	pcre2_code *regexp;
	struct list *clients; /* matches only from these; NULL: from all */
	int64_t delay;
	unsigned line;
	unsigned len;
	char key[];
};

struct list_range {
	struct address from;	   /* to where the next begins */
	const struct entry *entry; /* NULL: of no network */
};

struct list {
	enum list_kind kind;
	const char *file;
	struct entry *entries; /* by key */
	uint8_t *filter; /* a bit for each hash value of a key, modulo its size;
			    NULL: not made yet */
	unsigned filter_mask;
	struct entry *regexps;
	struct entry **last_regexp;
	pcre2_match_data *match; /* if there are regexps, as the next */
	pcre2_match_context *limits;
	struct list_range *ranges;
	size_t range_count;
};

/* NULL: out of memory. */
struct list *list_table_new(enum list_kind, const char *file);

/* The first entry of the key, or NULL. */
struct entry *list_table_find(const struct list *, const char *key, size_t len);

enum list_added { LIST_ADDED, LIST_THERE_ALREADY, LIST_NO_MEMORY };

/*
 * Takes the entry over if it is LIST_ADDED. LIST_THERE_ALREADY: *same, of an
 * earlier line, matches all that the entry would.
 */
enum list_added list_table_add(
    struct list *, struct entry *, const struct entry **same);

void list_table_free_entry(struct entry *);

/*
 * When all entries are in: makes what is faster to ask than the table, so that
 * most keys that are not in it cost one look at memory. False: out of memory.
 */
bool list_table_finish(struct list *);

bool list_ranges_make(struct list *);
/* The smallest network that the address is in, or NULL. */
const struct entry *list_ranges_find(
    const struct list *, const struct address *);

/* Writes the key of the network that the address is in; returns its length. */
size_t list_table_network_key(
    const struct address *, unsigned prefix, char key[static NETWORK_KEY_SIZE]);

#endif
