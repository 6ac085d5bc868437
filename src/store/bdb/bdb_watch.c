/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <signal.h>

#include "bdb_watch.h"

static volatile sig_atomic_t seen;

static void
see(int signal_number)
{
	(void)signal_number;
	seen = 1;
}

/* The handler comes first: the signal would end the process. */
bool
bdb_watch_begin(int directory_fd)
{
	struct sigaction action = { .sa_handler = see, .sa_flags = SA_RESTART };
	sigset_t signals;

	seen = 1;
	sigemptyset(&action.sa_mask);
	sigemptyset(&signals);
	sigaddset(&signals, SIGIO);
	return sigaction(SIGIO, &action, NULL) == 0 &&
	    sigprocmask(SIG_UNBLOCK, &signals, NULL) == 0 &&
	    fcntl(directory_fd, F_NOTIFY,
		DN_DELETE | DN_RENAME | DN_MULTISHOT) == 0;
}

bool
bdb_watch_saw(void)
{
	if (!seen)
		return false;
	seen = 0;
	return true;
}
