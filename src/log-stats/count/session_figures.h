/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is counted of smtpd's sessions, in two sets: of the MX service, and of
 * submission, which are the services of that name, and sessions that log in. A
 * session may log in late: what was counted of it before that is noted, and
 * moves from the one set to the other.
 *
 * Sessions from the loopback interface, where content filters and local
 * programs are, and those that bring a filter's mail are in neither set.
 */
#ifndef SESSION_FIGURES_H
#define SESSION_FIGURES_H

#include "greylist.h"

enum session_set { SET_MX, SET_SUBMISSION, SET_NEITHER, SETS };

/* connects + began_before = accepted + rejected + discarded + neither + open +
 * dropped */
struct session_figures {
	uint64_t connects;
	uint64_t began_before;
	uint64_t rejected_sessions;
	uint64_t accepted_sessions;
	uint64_t discarded_sessions;
	uint64_t neither_sessions;
	uint64_t dropped; /* at a limit: not judged */
	uint64_t clients;
	uint64_t rejects;
	uint64_t reject_warnings;
	uint64_t milter_rejects;
	uint64_t proxy_rejects;
	uint64_t content_rejects; /* by cleanup: header, body, milter */
	uint64_t limits;
	uint64_t non_smtp;
	uint64_t bad_syntax; /* of an address in MAIL or RCPT */
	uint64_t sasl_failures;
};

/* Kinds of lines, by what they add to. */
enum session_line {
	LINE_REJECT,
	LINE_MILTER_REJECT,
	LINE_PROXY_REJECT,
	LINE_CONTENT_REJECT, /* of cleanup */
	LINE_REJECT_WARNING,
	LINE_LIMIT,
	LINE_NON_SMTP,
	LINE_BAD_SYNTAX,
	LINE_HANGUP,
	LINE_END, /* refused at the end of the session */
	LINE_SASL_FAILURE,
	LINE_LOST
};

/* Notes for sessions that may still log in. */
enum { SESSION_NOTES = 1024 };

/* What a line has added, to take it back. Hashes: 0 is nothing. */
struct session_note {
	uint64_t serial; /* of the session */
	int64_t seconds;
	uint64_t stage, code, reason, rbl, warned, lost; /* in the rankings */
	uint64_t triplet;
	uint64_t client;	/* that was turned away */
	uint32_t before;	/* the note before it of the session */
	enum session_line line; /* what it was */
};

/* The last of them; number n has the place n % SESSION_NOTES. */
struct session_notes {
	struct session_note *ring;
	uint32_t last;
};

/* Do figures of this set stand in the section smtpd, the table and the rest? */
bool session_set_in_service(const struct ledger *, enum session_set);

/* The set that stands there. */
enum session_set session_set_shown(const struct ledger *);

/* A ranking, one before RANKINGS_OF_SESSIONS, as the set has it. */
enum ranking session_ranking(enum session_set, enum ranking);

struct sessions;
struct session;

/* A line of this kind has come for the session. */
void session_count(struct sessions *, struct session *, const struct event *,
    enum session_line);

/* The same of a line about a message of which the session is not known. */
void session_count_unknown(struct sessions *, enum session_set,
    const struct event *, enum session_line);

/* What was counted of the session moves from the MX service to where it is now;
 * the event is of its client. */
void session_move(
    struct sessions *, const struct session *, const struct event *);

#endif
