/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "guard.h"

static sigjmp_buf way_out;
static volatile sig_atomic_t inside;

static void
leave(int signal_number)
{
	if (inside)
		siglongjmp(way_out, signal_number);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

/* SA_NODEFER: the handler is left by a jump, which restores no signal mask. */
static void
catch_signals(void)
{
	static bool caught;
	struct sigaction action = { .sa_handler = leave,
		.sa_flags = SA_NODEFER };

	if (caught)
		return;
	caught = true;
	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGFPE, &action, NULL);
}

int
guard_run(int (*work)(void *), void *argument, int *result)
{
	int signal_number;

	catch_signals();
	signal_number = sigsetjmp(way_out, 0);
	if (signal_number == 0) {
		inside = 1;
		*result = work(argument);
	}
	inside = 0;
	return signal_number;
}
