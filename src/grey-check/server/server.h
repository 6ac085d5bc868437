/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grey-check --serve: many connections in one process, around epoll(7). Nothing
 * waits for one client or one request. Each turn of the loop takes what has
 * come from all peers, lets the store decide it in one unit of work, writes
 * the lines of the log, and then the answers.
 *
 * A map of this wing:
 *   listen*    the sockets that clients connect to (_address: their names,
 *              _unix: those that have a file)
 *   accept.c   new connections, as many as there may be
 *   peers.c  those that there are, and who goes if all are used
 *   turn.c     reading what they say, writing what they are told
 *   notify.c   what systemd is told
 *   start.c    what is opened, and as whom
 *   server.c   the loop; signals
 * What becomes of the bytes is the connection's (grey-check/connection.h).
 */
#ifndef SERVER_H
#define SERVER_H

#include "grey-check/service.h"
#include "listen.h"

/*
 * Serves at the sockets that systemd has handed over, or if there are none, at
 * those of the settings: these are made first, as root if it is started as
 * root; then it becomes the owner of the store. An exit code; msg() has said
 * why it is not 0.
 */
int server_start(struct live *, struct listeners *);

/*
 * Before any thread and any file: SIGTERM, SIGINT and SIGHUP are blocked, for
 * server_run().
 */
void server_block_signals(void);

/*
 * Serves until SIGTERM or SIGINT comes; then no more connections are accepted,
 * what was begun is finished within some seconds, and the sockets are closed.
 * SIGHUP: settings and lists are read again at once. An exit code; msg() has
 * said why it is not 0.
 */
int server_run(struct service *, struct listeners *, size_t max_connections);

#endif
