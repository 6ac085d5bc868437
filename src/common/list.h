/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whitelists of clients and of recipients, in files in postgrey's format: an
 * entry a line, all from '#' on is cut, blanks around it are ignored, all is
 * case-insensitive (ASCII).
 *   clients     domain (and its subdomains), /regexp/ (PCRE2, on the name),
 *               IPv4 address, its first two or three octets, IPv6 address,
 *               either with /prefix
 *   recipients  domain (and its subdomains), user@, user@domain (both match
 *               user+extension@), /regexp/ on the whole address
 * Lookups go by hash, whatever the number of entries; only regexps are tried
 * one after the other.
 */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>

#include "address.h"
#include "bytes.h"

enum list_kind { LIST_CLIENTS, LIST_RECIPIENTS };

/* The longest name or address that is looked up; a longer one is on no list. */
#define LIST_SUBJECT_MAX 4096

struct list;

/* Told of each line that can't be an entry. */
typedef void list_complaint(
    void *argument, const char *file, unsigned line, const char *problem);

/* NULL: out of memory. */
struct list *list_new(enum list_kind);
void list_free(struct list *);

/*
 * Adds the file's entries. Bad lines are told to complain() and left out, the
 * others count. 0 or the errno of what kept the file from being read (ENOMEM
 * too); entries read until then stay.
 */
int list_read(
    struct list *, const char *file, list_complaint *complain, void *argument);

bool list_has_client(
    const struct list *, struct bytes name, const struct address *);
bool list_has_recipient(const struct list *, struct bytes recipient);

#endif
