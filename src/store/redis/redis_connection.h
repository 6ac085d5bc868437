/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection to a server, through TLS or not: a socket that never blocks.
 */
#ifndef REDIS_CONNECTION_H
#define REDIS_CONNECTION_H

#include "redis_resolve.h"
#include "redis_tls.h"

enum redis_connection_state {
	REDIS_IS_CLOSED,
	REDIS_IS_NAMED,	   /* its name is resolved */
	REDIS_IS_DIALLED,  /* connect(2) is under way */
	REDIS_IS_SECURED,  /* ... or TLS' greeting */
	REDIS_IS_CONNECTED /* bytes go both ways */
};

struct redis_connection {
	enum redis_connection_state state;
	int fd;
	uint64_t sockets; /* that it has had */
	const struct redis_host *host;
	struct redis_tls *tls; /* NULL: without */
	struct redis_tls_session *session;
	struct redis_addresses addresses;
	size_t at;	     /* which of them is tried */
	enum redis_io wants; /* what it waits for, until it is connected */
	char trouble[REDIS_TLS_TROUBLE_MAX];
};

/* Begins; then, or when what it wants is there, goes on. REDIS_IO_DONE: it is
   connected. REDIS_IO_WAIT: to be called again soon. */
enum redis_io redis_connection_go_on(struct redis_connection *);

/* *count: bytes that were read, or written. */
enum redis_io redis_connection_read(
    struct redis_connection *, char *out, size_t room, size_t *count);
enum redis_io redis_connection_write(
    struct redis_connection *, const char *data, size_t len, size_t *count);

/* failed: its addresses are asked for anew the next time. */
void redis_connection_close(struct redis_connection *, bool failed);

#endif
