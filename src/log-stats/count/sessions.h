/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is kept of smtpd's sessions: each that is not judged yet, and what is
 * counted of all. session_table.h says what a session is, session_figures.h
 * what the sets are.
 */
#ifndef SESSIONS_H
#define SESSIONS_H

#include "common/address.h"
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

struct sessions {
	struct ledger *ledger;
	struct greylist *greylist;
	struct session_figures sets[SETS];
	struct session_notes notes;
	struct table processes; /* struct session, by process */
	struct table pending;	/* struct session, by serial: disconnected */
	uint64_t last_serial;
	int64_t swept; /* seconds: when those without counters were */
};

enum {
	SESSION_SUBMISSION = 1, /* by service or by SASL login */
	SESSION_LOOPBACK = 2,	/* or from a content filter */
	SESSION_HAS_REJECT = 4,
	SESSION_HAS_MAIL = 8,
	SESSION_BEGAN_BEFORE = 16,
	SESSION_PIPELINED = 32, /* its last line says so */
	SESSION_HAS_DISCARD = 64,
	SESSION_NO_COUNTERS = 128, /* it has ended without them */
	SESSION_IN_LOOPBACK = 256  /* began unseen, in one of loopback */
};

struct session {
	uint64_t hash;
	uint64_t serial;
	uint64_t client_hash; /* see ledger.h; 0: no line has named it */
	/* Of one whose mail a filter before the queue gets; else, and if it is
	 * not known, all 0. */
	struct address client;
	uint32_t seconds; /* when it ended */
	uint32_t note;	  /* its last one, see session_notes */
	uint32_t pending; /* queue ids that are not decided */
	uint16_t taken;	  /* those that were accepted */
	uint16_t flags;
};

#endif
