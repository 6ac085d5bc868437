/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all parts of the count write into, and read: the entry at hand, the rows
 * of the first table, the hours or days, the clients, the delays, and the texts
 * that were most frequent. It lies at the bottom, and knows none of the parts.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "log-stats/entry/entry.h"
#include "log-stats/event/event.h"
#include "log-stats/event/reason.h"
#include "log-stats/settings.h"
#include "log-stats/tables/buckets.h"
#include "log-stats/tables/clients.h"
#include "log-stats/tables/percentiles.h"

enum row { ROW_POSTSCREEN, ROW_SMTPD, ROW_DELIVERED, ROWS };

/* What is counted by its text, to show the most frequent. */
enum ranking {
	RANKING_REJECTS_BY_STAGE,
	RANKING_REJECTS_BY_CODE,
	RANKING_REJECTS_BY_REASON,
	RANKING_WARNED, /* of warn_if_reject, by reason */
	RANKING_LOST,
	RANKINGS_OF_SESSIONS, /* the same once more, of submission */
	RANKING_SUBMISSION_CLIENTS = 2 * RANKINGS_OF_SESSIONS,
	RANKING_PSC_REASONS,
	RANKING_SENDER_DOMAINS,
	RANKING_RECIPIENT_DOMAINS,
	RANKING_RBL_REJECTS,
	RANKING_RBL_LISTINGS,
	RANKING_BOUNCE_REASONS,
	RANKING_DEFERRAL_REASONS,
	RANKING_TLS,
	RANKING_SASL_FAILURES,
	RANKING_PROBLEMS,
	RANKING_SPF,
	RANKING_GREYLIST_REASONS,
	RANKING_DISCARD_REASONS,
	RANKING_HOLD_REASONS,
	RANKING_TRIES,	  /* of smtp.try_failed, by reason */
	RANKING_PROGRAMS, /* filters and SPF servers, by their lines */
	RANKING_OUTCOMES, /* of these: "amavis: Passed CLEAN" */
	RANKING_ACTIONS,  /* of checks: "cleanup.prepend" */
	RANKINGS
};

/* Reasons as they were written, and in short: most come again and again. */
enum { REASONS_KEPT = 256 };
struct kept_reason {
	uint64_t hash; /* of the text as it was written; 0: none is kept */
	unsigned char len;
	char text[REASON_MAX];
};

/* Where a client was seen, for clients_see(), after the places of the tests. */
enum { SEEN_BY_POSTSCREEN = TESTS, SEEN_BY_SMTPD };

/* The hosts that wrote what is counted. */
enum { HOSTS_NAMED = 3, HOST_TEXT_MAX = 64 };
struct ledger_host {
	uint64_t hash;
	char name[HOST_TEXT_MAX]; /* cut */
};

struct ledger {
	const struct settings *settings;
	const struct entry *entry; /* the one that is being counted */
	uint64_t client;	   /* hash of the event's client address */
	int64_t now; /* seconds: the entry's or, if it has none, the latest
		      * seen; INT64_MIN: none yet */
	int64_t first_time; /* seconds; INT64_MAX: none yet */
	int64_t last_time;  /* the latest seen */
	uint64_t rows[ROWS][UNITS];
	struct buckets buckets;
	struct clients clients;
	struct percentiles delays[DELAYS];
	struct counts rankings[RANKINGS];
	struct kept_reason reasons[REASONS_KEPT];
	struct ledger_host hosts[HOSTS_NAMED]; /* the first ones */
	size_t host_count; /* at most one more than are named */
	size_t ranked;	   /* different texts in all of them, see counts.h */
};

/* It is now the time of this entry: microseconds, or ENTRY_NO_TIME. */
void ledger_note_time(struct ledger *, int64_t time);

/* Is it one of those that are named? The lines of hosts that share a log come
 * in any order: one comparison after the other would be mispredicted. */
static inline bool
ledger_has_host(const struct ledger *ledger, uint64_t hash)
{
	_Static_assert(HOSTS_NAMED == 3, "each is compared");
	return (hash == ledger->hosts[0].hash) |
	    (hash == ledger->hosts[1].hash) | (hash == ledger->hosts[2].hash);
}

/* A line that is understood is of this host. */
void ledger_note_host(struct ledger *, const struct writer *);

/* One more (or less) in a row of the table, in the hour or day of that time. */
void ledger_row_at(
    struct ledger *, int64_t seconds, enum row, enum unit, int64_t change);
/* One more, now. */
void ledger_row(struct ledger *, enum row, enum unit);
/* A column of --by alone. */
void ledger_bucket(
    struct ledger *, int64_t seconds, enum bucket_column, int64_t change);

/* The text was seen once more. All return its key, for ledger_take_back() and
 * counts_move(). */
uint64_t ledger_rank(struct ledger *, enum ranking, struct bytes text);
/* The same in lower case; of an address, its domain in lower case; the text
 * after a name: "smtpd: TLSv1.3"; and that whatever the case of its letters. */
uint64_t ledger_rank_lower(struct ledger *, enum ranking, struct bytes text);
uint64_t ledger_rank_domain(
    struct ledger *, enum ranking, struct bytes address);
uint64_t ledger_rank_named(
    struct ledger *, enum ranking, const char *name, struct bytes text);
uint64_t ledger_rank_any_case(
    struct ledger *, enum ranking, const char *name, struct bytes text);
/* It was not: once less. Nothing if the key is 0, which it becomes. */
void ledger_take_back(struct ledger *, enum ranking, uint64_t *key);

/*
 * The text is a reason: seen once more in short (event/reason.h), so that those
 * that differ in addresses, times and ids are one; empty: "(no text)". With a
 * name: "error: smtp: " in front of it.
 */
uint64_t ledger_rank_reason(struct ledger *, enum ranking, struct bytes text);
void ledger_rank_reason_named(
    struct ledger *, enum ranking, const char *name, struct bytes text);

/* One more in *clients if the event's client was not seen there before. */
void ledger_see_client(struct ledger *, unsigned where, uint64_t *clients);

/* The event's client was turned away, not only asked to come back. */
void ledger_turn_away(struct ledger *, const struct event *);

/* Does a session, or a message, of this kind count? */
bool ledger_in_service(const struct ledger *, bool is_mx, bool is_submission);

#endif
