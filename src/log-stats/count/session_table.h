/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions of smtpd: a key is host, instance and pid, from connect to
 * disconnect. A session is judged when it has ended and what became of all its
 * queue ids is known: accepted, if a message of it reached the queue manager;
 * rejected, if anything was; discarded, if its mail was; else neither.
 *
 * Sessions of the MX service are those of no submission service, without SASL
 * login, and not from the loopback interface, where content filters and local
 * programs are.
 */
#ifndef SESSION_TABLE_H
#define SESSION_TABLE_H

#include "common/address.h"
#include "greylist.h"

/* connects + began_before = rejected + accepted + discarded + neither + open */
struct sessions {
	struct ledger *ledger;
	struct greylist *greylist;
	uint64_t connects;
	uint64_t began_before;
	uint64_t rejected_sessions;
	uint64_t accepted_sessions;
	uint64_t discarded_sessions;
	uint64_t neither_sessions;
	uint64_t rejects;
	uint64_t reject_warnings;
	uint64_t milter_rejects;
	uint64_t proxy_rejects;
	uint64_t content_rejects; /* by cleanup: header, body, milter */
	uint64_t limits;
	uint64_t non_smtp;
	uint64_t bad_syntax; /* of an address in MAIL or RCPT */
	uint64_t clients;
	struct table processes; /* struct session, by process */
	struct table pending;	/* struct session, by serial: disconnected */
	uint64_t last_serial;
	uint64_t sessions_dropped;
};

enum {
	SESSION_SUBMISSION = 1, /* by service or by SASL login */
	SESSION_LOOPBACK = 2,	/* or from a content filter */
	SESSION_HAS_REJECT = 4,
	SESSION_HAS_MAIL = 8,
	SESSION_BEGAN_BEFORE = 16,
	SESSION_PIPELINED = 32, /* its last line says so */
	SESSION_HAS_DISCARD = 64
};

struct session {
	uint64_t hash;
	uint64_t serial;
	uint32_t flags;
	uint32_t pending; /* queue ids that are not decided */
	uint64_t network; /* of the client; see greylist_network() */
	/* Of one whose mail a filter before the queue gets; else, and if it is
	 * not known, all 0. */
	struct address client;
};

/* It is one of those that --service wants. */
bool session_counts(const struct sessions *, uint32_t flags);

/* The session of the entry's process; NULL: there is none. */
struct session *session_current(struct sessions *);

struct session *session_begin(
    struct sessions *, const struct event *, uint32_t flags);

/* The session is over; it waits for its queue ids, if any are open. */
void session_end(struct sessions *, struct session *);

/* More became known of it: which service it is of. */
void session_change_flags(struct sessions *, struct session *, uint32_t flags);

/* Where a message came from; it may outlive its session. */
struct session_link {
	uint64_t process; /* 0: none */
	uint64_t serial;
};

/* A queue id begins in the session of the entry's process; session_event() has
 * seen the event. */
struct session_link session_begins_message(struct sessions *);

enum session_outcome {
	SESSION_ACCEPTED,
	SESSION_REFUSED,
	SESSION_DISCARDED, /* taken, and thrown away */
	SESSION_CANCELED
};

/* What became of a queue id: one for each that began. */
void session_ends_message(
    struct sessions *, struct session_link, enum session_outcome);

/* False also if the session is not known. */
bool session_is_submission(struct sessions *, struct session_link);

bool session_is_loopback(struct bytes address);

/* Sessions that are not judged yet. */
uint64_t session_open_count(const struct sessions *);

#endif
