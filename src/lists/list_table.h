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
/* A sender's clients are a table of their own, and mostly few. */
#define HASH_INITIAL_NUM_BUCKETS 4U
#define HASH_INITIAL_NUM_BUCKETS_LOG2 2U
#include <uthash.h>

#include "list.h"

/* The first byte of a key tells what it is; the rest is in lower case. */
enum entry_type {
	ENTRY_NAME = 'n',
	ENTRY_NETWORK = 'i',
	ENTRY_USER = 'u',
	ENTRY_REGEXP = 'r'
};

/*
 * What is known of a key, of one line or of several. It holds for all clients
 * by `line`, 0 if there is no such line, and for `clients`, whose entries have
 * lines of their own.
 */
struct entry {
	UT_hash_handle hh;
	struct entry *next_regexp; /* in the file */
	pcre2_code *regexp;
	struct list *clients; /* NULL: none */
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

struct entry *list_table_find(const struct list *, const char *key, size_t len);

/* Takes the entry over, whose key is not there yet. False: out of memory. */
bool list_table_add(struct list *, struct entry *);

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

/* A network's key: its type, the prefix of 128 bits, the address cut to it. */
enum { NETWORK_KEY_SIZE = 2 + 16 };

void list_table_network_key(
    const struct address *, unsigned prefix, char key[static NETWORK_KEY_SIZE]);
unsigned list_table_prefix(const struct entry *network);
struct address list_table_address(const struct entry *network);

#endif
