/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that is counted. One event after the other comes in; figures may be taken
 * at any time, and are then right for what came so far.
 *
 * The way of an event through this folder: tally hands it to the part that its
 * class names (event.h), and each part knows only those further down.
 *   tally        hands out; counts lines, classes, and what no part follows;
 *                tally_repeated: an event that came many times
 *   delivery     what became of a message's recipients
 *   message      a queue id from its first line to "removed"; below it
 *                message_fate (held, released, thrown away),
 *                message_link (which continues which other one),
 *                message_figures (what it adds to the figures), and
 *                message_table and message_recipients (which are known)
 *   session      smtpd from connect to disconnect; below it session_table (the
 *                verdict) and session_figures (what its lines add to, of MX
 *                and of submission)
 *   greylist     triplets, and whether they came back
 *   postscreen   from CONNECT to its end; postscreen_table: the verdict
 *   others       what none of these follows: filters, actions, problems, lists
 *   ledger       what all of them write into: rows, hours, clients, rankings
 */
#ifndef TALLY_H
#define TALLY_H

#include "message_table.h"
#include "others.h"
#include "postscreen_table.h"

struct coverage {
	uint64_t lines;
	uint64_t foreign;
	uint64_t filters; /* of the foreign */
	uint64_t unknown;
	uint64_t no_prefix; /* of the unknown */
	uint64_t truncated; /* of the recognized */
	uint64_t too_long;  /* of the unknown */
	uint64_t skipped;   /* outside --since, --until, --instance */
	uint64_t skipped_of_postfix;
	uint64_t repeated;	  /* events of repeat lines */
	uint64_t repeats_dropped; /* of the same: not counted, at a limit */
};

struct tally {
	struct ledger ledger;
	struct postscreen postscreen;
	struct greylist greylist;
	struct sessions sessions;
	struct messages messages;
	struct others others;
	uint64_t classes[EVENT_CLASS_COUNT];
	struct coverage coverage;
};

/* It must not be moved: its parts point to each other. */
void tally_begin(struct tally *, const struct settings *);

/* A line is counted once, and its event as often as it happened. */
void tally_line(struct tally *, const struct entry *, const struct event *);
void tally_event(struct tally *, const struct entry *, const struct event *);
/* The same event, as often as a repeat line says; the time does not depend on
 * how often. */
void tally_repeated(
    struct tally *, const struct entry *, const struct event *, uint32_t count);

/* The rows in lines, see event.h. */
void tally_grep(struct tally *, const struct entry *, struct bytes line);

/* The end of the log has come: what has waited long enough is judged. */
void tally_settle(struct tally *);

/* A line that is not an entry: unknown, or foreign. */
void tally_unreadable(struct tally *, bool is_too_long);
void tally_no_entry(struct tally *);

#endif
