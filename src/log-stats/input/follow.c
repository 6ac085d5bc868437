/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

#include "common/monotonic.h"
#include "follow.h"

volatile sig_atomic_t follow_stop;
static volatile sig_atomic_t asked;
static sigset_t while_waiting;

static void
take_signal(int signal_number)
{
	if (signal_number == SIGUSR1)
		asked = 1;
	else
		follow_stop = 1;
}

/* SIGUSR1 is for input that is waited for: a file is soon at its end. */
void
follow_begin(struct follow *follow)
{
	struct sigaction action = { .sa_handler = take_signal };

	sigemptyset(&action.sa_mask);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	follow->next = monotonic_milliseconds() + follow->interval * 1000;
}

static void
show(struct follow *follow)
{
	follow->show(follow->argument);
	follow->next = monotonic_milliseconds() + follow->interval * 1000;
	follow->has_waited = false;
}

/* If SIGUSR1 asked for it. */
static void
answer(struct follow *follow)
{
	if (!asked)
		return;
	asked = 0;
	show(follow);
}

/* Else one between the look at its flag and the wait would be slept over. */
static void
hold_signals(void)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGUSR1);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigprocmask(SIG_BLOCK, &ours, &while_waiting);
}

/* There is something to read. False: a signal, or it is time to show. */
static bool
wait_until(int64_t end, int fd)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	int64_t left = end - monotonic_milliseconds();
	struct timespec timeout = { left / 1000, left % 1000 * 1000000 };

	if (left < 0)
		timeout.tv_sec = timeout.tv_nsec = 0;
	return ppoll(&input, 1, end == INT64_MAX ? NULL : &timeout,
		   &while_waiting) > 0;
}

/* A pipe that is always full is a file: nobody looks on. */
static bool
is_time(const struct follow *follow)
{
	return follow->interval > 0 && follow->has_waited &&
	    monotonic_milliseconds() >= follow->next;
}

bool
follow_wait(void *argument, int fd)
{
	struct follow *follow = argument;
	bool is_ready = false;

	hold_signals();
	for (;;) {
		answer(follow);
		if (is_time(follow))
			show(follow);
		if (follow_stop || is_ready)
			break;
		is_ready = wait_until(0, fd);
		if (is_ready || asked || follow_stop)
			continue;
		follow->has_waited = true;
		fflush(stdout);
		is_ready = wait_until(
		    follow->interval > 0 ? follow->next : INT64_MAX, fd);
	}
	sigprocmask(SIG_SETMASK, &while_waiting, NULL);
	return !follow_stop;
}
