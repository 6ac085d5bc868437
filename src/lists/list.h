/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists of clients, recipients and senders, in files in postgrey's format.
 * What is in this folder knows files and entries, neither a store nor what is
 * decided with an entry that was found. The way of a line through it:
 *   list_read    a file to lines, without comments
 *   list_line    a line to its fields, and what is said of it
 *   list_fields  what follows the text of an entry in its line
 *   list_entry   the text of one entry to what is held of it
 *   list_doubt   is an entry likely to mean something else? (_client and
 *                _mailbox: of each kind; _common: of both)
 *   list_character  characters that nobody means to write
 *   list_table   the entries of a list, by their keys and addresses
 *   list_name    the name of its file, which a match may need longer
 *   list_find    a client, sender or recipient to the entry for it
 *   list_compare  what two lists both have
 *
 * An entry a line; what follows a '#' is cut off, blanks around an entry are
 * ignored, upper and lower case are the same (ASCII).
 *   clients     domain (and its subdomains), /regexp/ (PCRE2, on the name),
 *               IPv4 address, its first two or three octets, IPv6 address,
 *               either with /prefix; before it may stand ip4: or ip6:, as
 *               spf-tools write it, and permit after it, as postwhite does
 *   recipients  domain (and its subdomains), user@, user@domain (both match
 *               user+extension@), /regexp/ on the whole address
 *   senders     as recipients, without a BATV tag; <>, the empty sender
 * After an entry may follow, with blanks between:
 *   clients, recipients  delay=TIME: how long what the entry matches has to
 *                        wait; never: the auto-whitelist does not count for it
 *   senders              clients, in their forms: the entry matches only mail
 *                        from these
 * Names are looked up by hash, networks by binary search; only regexps are
 * tried one after the other, and last. The most specific entry is found: names,
 * the longest first, then networks, the smallest first.
 */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "common/address.h"
#include "common/bytes.h"

enum list_kind { LIST_CLIENTS, LIST_RECIPIENTS, LIST_SENDERS };

/* The longest name or address that is looked up; a longer one is on no list. */
#define LIST_SUBJECT_MAX 4096

struct list;

/* The entry that was found. */
struct list_match {
	const char *file; /* as given to list_read(); see list_name.h */
	unsigned line;
	int64_t delay; /* seconds, or one of the next two */
	bool never;    /* passes by the auto-whitelist, or counts for it */
};

#define LIST_PASSES (-1)
#define LIST_WAITS (-2) /* as long as what is on no list */

enum list_finding {
	LIST_IGNORED,  /* the line is not an entry, and left out */
	LIST_DOUBTFUL, /* it is one, but never matches, or matches other things
			  than it seems to */
	LIST_SWEEPING  /* it is one, and lets so many pass that it must be said
			  to whoever runs it */
};

/*
 * Called for each line that somebody should look at. problem: the entry,
 * between quotation marks, and a sentence; or a sentence about the line or the
 * file.
 */
typedef void list_complaint(void *argument, enum list_finding, const char *file,
    unsigned line, const char *problem);

/*
 * Makes a list of a file. 0, or the errno of what kept it from being read
 * (ENOMEM too), and then there is no list.
 */
int list_read(enum list_kind, const char *file, list_complaint *complain,
    void *argument, struct list **);
/* NULL is left alone. */
void list_free(struct list *);

/* How many entries it has, repeated ones once; of NULL: 0. */
size_t list_count(const struct list *);

/* The newest of the dates in its comments, such as 2026-11-22, as the epoch
   seconds in which that begins in UTC; 0: there is none, or no list. */
int64_t list_newest(const struct list *);

/*
 * What is looked for: the part of it that the kind of list is about, and the
 * client where an entry is bound to clients.
 */
struct list_subject {
	struct bytes client_name;
	struct address client;
	struct bytes sender;
	struct bytes recipient;
};

/* True: *match is filled in, with a name that is the list's: who needs it
   longer than that, holds it. */
bool list_find(
    const struct list *, const struct list_subject *, struct list_match *match);

/* Complains of the entries of `later` that are never used: `first` has them. */
void list_compare(const struct list *first, const struct list *later,
    list_complaint *complain, void *argument);

#endif
