/* SPDX-License-Identifier: BSD-2-Clause */
/* The sessions of smtpd that are not judged, and how they are. */
#ifndef SESSION_TABLE_H
#define SESSION_TABLE_H

#include "session.h"

enum {
	SESSION_SUBMISSION = 1, /* by service or by SASL login */
	SESSION_LOOPBACK = 2,	/* or from a content filter */
	SESSION_HAS_REJECT = 4,
	SESSION_HAS_MAIL = 8,
	SESSION_BEGAN_BEFORE = 16,
	SESSION_PIPELINED = 32 /* its last line says so */
};

struct session {
	uint64_t hash;
	uint64_t serial;
	uint32_t flags;
	uint32_t pending; /* queue ids that are not decided */
	uint64_t network; /* of the client; see greylist_network() */
};

/* It is one of those that --service wants. */
bool session_counts(const struct tally *, uint32_t flags);

/* That of the process of this entry; NULL: there is none. */
struct session *session_current(struct tally *);

struct session *session_begin(
    struct tally *, const struct event *, uint32_t flags);

/* The session is over; it waits for its queue ids, if any are open. */
void session_end(struct tally *, struct session *);

/* Of which service it is, becomes known later. */
void session_change_flags(struct tally *, struct session *, uint32_t flags);

#endif
