/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "store_stops.h"

static volatile sig_atomic_t held;
static volatile sig_atomic_t pending; /* the signal that came meanwhile */

static void stop_or_wait(int signal_number);

static void
take(int signal_number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler,
		.sa_flags = SA_NODEFER | SA_RESTART };

	sigemptyset(&action.sa_mask);
	sigaction(signal_number, &action, NULL);
}

/* Returns when somebody has let the process go on. */
static void
stop(int signal_number)
{
	int error = errno;

	take(signal_number, SIG_DFL);
	raise(signal_number);
	take(signal_number, stop_or_wait);
	errno = error;
}

static void
stop_or_wait(int signal_number)
{
	if (held)
		pending = signal_number;
	else
		stop(signal_number);
}

static void
take_all(void)
{
	static const int signals[] = { SIGTSTP, SIGTTIN, SIGTTOU };
	static bool taken;
	struct sigaction before;

	if (taken)
		return;
	taken = true;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		if (sigaction(signals[i], NULL, &before) == 0 &&
		    before.sa_handler == SIG_DFL)
			take(signals[i], stop_or_wait);
	}
}

void
store_stops_hold(void)
{
	take_all();
	held = 1;
}

void
store_stops_release(void)
{
	int signal_number;

	held = 0;
	signal_number = pending;
	if (signal_number == 0)
		return;
	pending = 0;
	stop(signal_number);
}

void
store_ends_hold(sigset_t *before)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, before);
}

void
store_ends_release(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}
