/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that is counted, and the rules of what is counted when. One event after
 * the other comes in; figures may be taken at any time, and are then right for
 * what came so far. The parts that follow sessions and messages have headers of
 * their own.
 */
#ifndef TALLY_H
#define TALLY_H

#include "log-stats/entry/entry.h"
#include "log-stats/event/event.h"
#include "log-stats/settings.h"
#include "log-stats/tables/buckets.h"
#include "log-stats/tables/clients.h"
#include "log-stats/tables/table.h"
#include "log-stats/tables/percentiles.h"

/* The rows of the table that all began with, and the ways to count them. */
enum row { ROW_POSTSCREEN, ROW_SMTPD, ROW_DELIVERED, ROWS };

/* postscreen's tests; a session that fails one has its mark. */
struct test_tally {
	uint64_t marked;   /* sessions with a verdict, or handed off */
	uint64_t enforced; /* with a reject line */
	uint64_t dropped;  /* blocked without one */
	uint64_t ignored;  /* handed off in spite of it */
	uint64_t clients;  /* different addresses */
};

enum { MESSAGE_INSTANCES = 32 };

/* Lists of what was most frequent. */
enum list {
	LIST_REJECTS_BY_STAGE,
	LIST_REJECTS_BY_CODE,
	LIST_REJECTS_BY_REASON,
	LIST_PSC_REASONS,
	LIST_SENDER_DOMAINS,
	LIST_RECIPIENT_DOMAINS,
	LIST_RBL_REJECTS,
	LIST_RBL_LISTINGS,
	LIST_BOUNCE_REASONS,
	LIST_DEFERRAL_REASONS,
	LIST_TLS,
	LIST_LOST,
	LIST_SASL_FAILURES,
	LIST_PROBLEMS,
	LIST_SPF,
	LIST_GREYLIST_REASONS,
	LISTS
};

/* connects = blocked + come_back + gave_up + handed_off + open */
struct postscreen_tally {
	uint64_t connects;
	uint64_t blocked;
	uint64_t blocked_busy; /* of these, by load and not by spam */
	uint64_t come_back;
	uint64_t gave_up;
	uint64_t handed_off;
	uint64_t began_before; /* the end of a session without its beginning */
	uint64_t hangups;
	uint64_t pass_old, pass_new, allowlisted, vetoed;
	uint64_t clients;
	uint64_t duplicates; /* the same CONNECT twice: the log is doubled */
	uint64_t last_connect;
	int64_t last_connect_time;
	struct test_tally tests[TESTS];
	struct table sessions; /* struct psc_session */
	struct table addresses;
	size_t sweep_at;	   /* so many sessions */
	uint64_t sessions_dropped; /* at the limit of the table */
	uint64_t sessions_gone;	   /* dropped, or too old, without a verdict */
};

/* connects + began_before = rejected + accepted + neither + open */
struct smtpd_tally {
	uint64_t connects;
	uint64_t began_before;
	uint64_t rejected_sessions;
	uint64_t accepted_sessions;
	uint64_t neither_sessions;
	uint64_t rejects;
	uint64_t reject_warnings;
	uint64_t milter_rejects;
	uint64_t proxy_rejects;
	uint64_t content_rejects; /* by cleanup: header, body, milter */
	uint64_t limits;
	uint64_t clients;
	struct table processes; /* struct session, by process */
	struct table pending;	/* struct session, by serial: disconnected */
	uint64_t last_serial;
	size_t next_to_drop; /* a place in either table */
	uint64_t sessions_dropped;
};

/* triplets = passed + never_returned + still_open */
struct greylist_tally {
	uint64_t greylisted;
	uint64_t passed;
	uint64_t learned;
	struct table triplets; /* struct triplet */
	uint64_t triplets_dropped;
	struct percentiles waits; /* microseconds, of delay= */
};

struct messages_tally {
	uint64_t received;
	uint64_t submitted;
	uint64_t local;
	uint64_t delivered;
	uint64_t deferred;
	uint64_t expired;
	uint64_t notices;
	uint64_t began_before;
	struct table table; /* struct slot */
	struct message *oldest, *newest;
	struct message *removed_oldest, *removed_newest;
	struct message *spare; /* for the next ones */
	size_t removed_count;
	size_t many_count; /* recipients of messages that have many */
	struct {
		uint64_t host, instance;
		bool has_queue; /* cleanup writes under its name */
	} instances[MESSAGE_INSTANCES];
	size_t instance_count;
	uint64_t not_followed; /* of further instances */
	uint64_t dropped;
};

struct recipients_tally {
	uint64_t delivered;
	uint64_t bounced;
	uint64_t deferred_attempts;
	uint64_t deferred;
	uint64_t deferred_waiting;
	uint64_t forwarded;
	uint64_t discarded;
	uint64_t dropped;
};

struct coverage {
	uint64_t lines;
	uint64_t foreign;
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
	const struct settings *settings;
	const struct entry *entry; /* the one that is being counted */
	int64_t now;		   /* see tally_now() */
	int64_t first_time;	   /* seconds; INT64_MAX: none yet */
	int64_t last_time;	   /* the latest that was seen */
	uint64_t rows[ROWS][UNITS];
	uint64_t classes[EVENT_CLASS_COUNT];
	struct coverage coverage;
	struct postscreen_tally postscreen;
	struct smtpd_tally smtpd;
	struct greylist_tally greylist;
	struct messages_tally messages;
	struct recipients_tally recipients;
	struct buckets buckets;
	struct clients clients;
	uint64_t client; /* hash of the event's client address */
	struct percentiles delays[DELAYS];
	struct counts lists[LISTS];
};

void tally_begin(struct tally *, const struct settings *);

/* A line is counted once, and its event as often as it happened. */
void tally_line(struct tally *, const struct entry *, const struct event *);
void tally_event(struct tally *, const struct entry *, const struct event *);

/*
 * The rows in lines: what grep -c counts with postscreen.*NOQUEUE: reject,
 * smtpd.*NOQUEUE: reject: and status=sent. line is empty for a journal's entry.
 */
void tally_grep(struct tally *, const struct entry *, struct bytes line);

/* A line of which nothing more is known. */
void tally_unreadable(struct tally *, bool is_too_long);
void tally_no_entry(struct tally *);

/* For the parts: one more (or less) in a row of the table. */
void tally_row(struct tally *, enum row, enum unit, int64_t change);
/* The same, in the hour or day of that time. */
void tally_row_at(
    struct tally *, int64_t seconds, enum row, enum unit, int64_t change);

/* One more in *clients if the event's client was not seen there before. */
void tally_seen(struct tally *, unsigned where, uint64_t *clients);

/* The event's client was turned away. */
void tally_turned_away(struct tally *, const struct event *);

/* The time of the entry, else the latest that was seen; INT64_MIN: none yet. */
static inline int64_t
tally_now(const struct tally *tally)
{
	return tally->now;
}

#endif
