/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions of smtpd: a key is host, instance and pid, from connect to
 * disconnect. A session is judged when it has ended and what became of all its
 * queue ids is known: accepted, if a message of it reached the queue manager;
 * rejected, if anything was; discarded, if its mail was; else neither.
 *
 * The counters of the disconnect line bound what it can have sent: as many
 * messages as DATA went well. Queue ids above that never were messages: the
 * recipient was only probed, or the client was lost. Without counters (Postfix
 * before 3.0) an hour after the end tells the same.
 */
#ifndef SESSION_TABLE_H
#define SESSION_TABLE_H

#include "session_figures.h"

/* The session of the entry's process; NULL: there is none. */
struct session *session_current(struct sessions *);

struct session *session_begin(
    struct sessions *, const struct event *, unsigned flags);

/* The session is over; it waits for its queue ids, if any are open. messages:
 * as many as it can have sent, see struct event. */
enum { SESSION_ANY_MESSAGES = INT16_MAX }; /* its end was not seen */
void session_end(struct sessions *, struct session *, int messages);

/* More became known of it, by this event: which set it is of. */
void session_change_flags(
    struct sessions *, struct session *, const struct event *, unsigned flags);

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

/* The current session has SESSION_IN_LOOPBACK. */
bool session_may_be_of_filter(struct sessions *);

/* A line of this kind has come for a message of the session. */
void session_count_of_message(struct sessions *, struct session_link,
    const struct event *, enum session_line);

bool session_is_loopback(struct bytes address);

/* Judges those that have waited long enough. The clients of sessions that go on
 * are counted. Before figures are taken for good. */
void session_settle(struct sessions *);

/* Sessions of the set that are not judged yet. */
uint64_t session_open_count(const struct sessions *, enum session_set);

#endif
