/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop of one connection: requests from one descriptor, answers to another,
 * a line a decision to the log, until the input ends. The time of day is read
 * here, once a request.
 *
 * A map of grey-check, in the order of the way that a request takes:
 *   main, settings    the options; what runs, and who it becomes
 *   live.c            the settings, as often as their files change
 *   serve.c           the loop; what waits for a pause in the requests
 *   line.c            lines from the descriptor
 *   request.c         lines to a request
 *   decide.c          a request to a verdict, asking in turn
 *   lists, list_file    the lists of the options (src/lists looks things up)
 *   lookup.c            the store, in whose unit of work src/greylist decides
 *   reply.c           a verdict to the answer, and to the line in the log
 *   explain/          the same for one request that the options describe
 *   postfix/          beside all that: does it work on this machine?
 */
#ifndef SERVE_H
#define SERVE_H

#include <signal.h>

#include "decide.h"
#include "live.h"

struct service {
	struct live *live;
	const struct settings *settings; /* those that count now */
	struct decider decider;
	/* Set by a signal handler that also ends the input. */
	const volatile sig_atomic_t *stop;
};

/*
 * 0: the input ended after a whole request, or *stop was set, and each request
 * was decided; else 1, and msg() has said why.
 */
int serve(struct service *, int in, int out);

#endif
