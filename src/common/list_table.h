/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a list is made of; for list_read.c, which fills it, and list.c, which
 * looks things up in it.
 */
#ifndef LIST_TABLE_H
#define LIST_TABLE_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "list.h"

/*
 * All entries but regexps lie in one hash table; the first byte of a key tells
 * what it is.
 */
enum entry_type { ENTRY_NAME = 'n', ENTRY_NETWORK = 'i', ENTRY_USER = 'u' };

/* A network's key: type, prefix length, the address cut to it. */
enum { NETWORK_KEY_SIZE = 2 + 16 };

struct entry {
	UT_hash_handle hh;
	size_t len;
	char key[];
};

struct regexp {
	struct regexp *next;
	pcre2_code *code;
};

struct list {
	enum list_kind kind;
	struct entry *entries;
	struct regexp *regexps;
	struct regexp **last_regexp;
	pcre2_match_data *match;
	pcre2_match_context *limits;
	bool prefix_used[ADDRESS_BITS + 1];
};

bool list_table_has(const struct list *, const char *key, size_t len);

/* Writes the key of the network that the address is in; returns its length. */
size_t list_table_network_key(
    const struct address *, unsigned prefix, char key[static NETWORK_KEY_SIZE]);

#endif
