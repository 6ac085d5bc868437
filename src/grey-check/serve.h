/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop of one connection: requests from one descriptor, answers to another,
 * a line a decision to the log, until the input ends. The clock is read here,
 * once a request.
 */
#ifndef SERVE_H
#define SERVE_H

#include <signal.h>

#include "decide.h"
#include "settings.h"

struct service {
	const struct settings *settings;
	struct decider decider;
	/* Not NULL: why all requests are answered as --on-error says. */
	const char *unusable;
	bool store_failed; /* just now, when it was opened */
	/* Set by a signal handler that also ends the input. */
	const volatile sig_atomic_t *stop;
};

/*
 * 0: the input ended behind a whole request, or *stop was set, and no request
 * was answered for want of a store; else 1, and msg() was told why.
 */
int serve(struct service *, int in, int out);

#endif
