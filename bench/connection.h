/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * connection: one client of a policy server, with at most one request out.
 *
 * An answer is one line that begins with "action=", ended by an empty line;
 * it may arrive in pieces. Anything else is wrong: another line, a second
 * answer, data that nobody asked for (log text on a shared descriptor), more
 * than CONNECTION_ANSWER bytes.
 *
 * The socket is blocking and written to with send(2): a request always fits
 * into an empty socket buffer. It is read without waiting.
 */
#ifndef BENCH_CONNECTION_H
#define BENCH_CONNECTION_H

#include <sys/queue.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request.h"

#define CONNECTION_ANSWER 4096

enum receipt {
	RECEIPT_NOTHING, /* no whole answer yet */
	RECEIPT_ANSWER,	 /* connection.answer holds the line, without newline */
	RECEIPT_CLOSED,	 /* the other side closed or died */
	RECEIPT_WRONG	 /* connection.fault says what is wrong */
};

struct connection {
	TAILQ_ENTRY(connection) idle; /* the driver's list */
	int socket;		      /* -1: closed */
	bool warm;		      /* has given its first answer */
	bool waiting;		      /* a request is out */
	uint64_t opened;	      /* clock_now() before fork or connect */
	uint64_t asked; /* clock_now() before the request was sent */
	const char *fault;
	struct request request; /* the one that is out */
	size_t length;		/* bytes of the answer so far */
	char answer[CONNECTION_ANSWER + 1];
};

TAILQ_HEAD(connection_list, connection);

/* Sends the next request of the source; false: the other side is gone. */
bool connection_ask(struct connection *, struct request_source *);
enum receipt connection_receive(struct connection *);
void connection_close(struct connection *);

#endif
