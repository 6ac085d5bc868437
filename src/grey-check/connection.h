/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One client: bytes go in, requests are answered in their order, bytes come
 * out. A request at a time is under way, and the bytes after it wait. Nothing
 * is read or written here but the log and the store; the time of day is read
 * here, once a request.
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "line.h"
#include "reply.h"
#include "service.h"

/*
 * What is only needed while there is something under way: some dozens of
 * kilobytes, of which most are never touched.
 */
struct exchange {
	struct decision decision;
	struct connection *connection;
	time_t now;	/* when the decision was begun */
	size_t written; /* of the answers; for who writes them */
	size_t pending;
	struct request request;
	struct line_reader input;
	char answers[2 * REPLY_MAX];
};

struct connection {
	struct service *service;
	struct exchange *exchange;
	/* Called when a request has been decided; may be NULL. */
	void (*decided)(struct connection *);
	unsigned long answered;
	bool deciding;
	bool hang_up; /* --exim, or --on-error=disconnect */
	bool failed;  /* a request could not be decided */
	bool ended;   /* the input, and all that came is dealt with */
	bool cut;     /* ... but it ended inside a request */
	struct instances instances;
};

/* The exchange may be another one whenever it is idle, with nothing under way;
   then connection_lend() is called. */
void connection_init(struct connection *, struct service *);
void connection_lend(struct connection *, struct exchange *);
bool connection_is_idle(const struct connection *);

/* What it goes on with, after which connection_go() is called again. */
enum connection_wait {
	CONNECTION_READS,   /* when there are bytes for its line_reader */
	CONNECTION_DECIDES, /* when a request has been decided */
	CONNECTION_WRITES,  /* when its answers have been written */
	CONNECTION_ENDS	    /* not: when these are written it is over */
};
enum connection_wait connection_go(struct connection *);

#endif
