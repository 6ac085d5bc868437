/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop of one connection, under spawn(8) and inetd(8): requests from one
 * descriptor, answers to another, a line a decision to the log, until the input
 * ends.
 *
 * A map of grey-check, in the order of the way that a request takes:
 *   main, settings    the options; what runs, and who it becomes
 *   live.c            the settings, as often as their files change
 *   serve.c, server/  the loop of one connection, or of many: bytes in and out,
 *                     and what waits for a pause in the requests
 *   connection.c      a client's bytes to its requests, one after the other
 *   line.c            bytes to lines
 *   request.c         lines to a request
 *   decide.c          a request to a verdict, asking in turn
 *   lists, list_file    the lists of the options (src/lists looks things up)
 *   lookup.c            the store, in whose unit of work src/greylist decides:
 *                       begun here, and done when the loop gives it a turn
 *   reply.c           a verdict to the answer, and to the line in the log
 *   service.c         beside it: what all connections have in common
 *   explain/          the same for one request that the options describe
 *   postfix/          beside all that: does it work on this machine?
 */
#ifndef SERVE_H
#define SERVE_H

#include <signal.h>

#include "service.h"

/*
 * 0: the input ended after a whole request, or *stop was set by a signal
 * handler that also ended the input, and each request was decided; else 1, and
 * msg() has said why.
 */
int serve(struct service *, const volatile sig_atomic_t *stop, int in, int out);

#endif
