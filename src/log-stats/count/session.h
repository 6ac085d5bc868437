/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions of smtpd: a key is host, instance and pid, from connect to
 * disconnect. A session is judged when it has ended and what became of all its
 * queue ids is known: accepted, if a message of it reached the queue manager;
 * rejected, if anything was; else neither.
 *
 * Sessions of the MX service are those of no submission service, without SASL
 * login, and not from the loopback interface, where content filters and local
 * programs are.
 */
#ifndef SESSION_H
#define SESSION_H

#include "tally.h"

/* Where a message came from; it may outlive its session. */
struct session_link {
	uint64_t process; /* 0: none */
	uint64_t serial;
};

/* All events of the classes smtpd.* */
void session_event(struct tally *, const struct event *);

/* The session of the event, for a queue id that begins in it. */
struct session_link session_begins_message(
    struct tally *, const struct event *);

enum session_outcome { SESSION_ACCEPTED, SESSION_REFUSED, SESSION_CANCELED };

/* What became of a queue id: one for each that began. */
void session_ends_message(
    struct tally *, struct session_link, enum session_outcome);

/* It is one of these, as far as is known. */
bool session_is_submission(struct tally *, struct session_link);

bool session_is_loopback(struct bytes address);

/* Is a session (or a message) of this kind one of those that are counted? */
bool session_in_service(const struct tally *, bool is_mx, bool is_submission);

/* Those that are open, at any time. */
uint64_t session_open_count(const struct tally *);

#endif
