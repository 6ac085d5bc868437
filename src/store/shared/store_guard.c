/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/time.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>

#include "store_guard.h"

enum { TICK = 100000 }; /* microseconds */

static sigjmp_buf way_out;
static volatile sig_atomic_t inside;
static volatile sig_atomic_t ticks_left; /* of a tenth of a second */
static volatile sig_atomic_t held;

static void
leave(int signal_number)
{
	if (inside)
		siglongjmp(way_out, signal_number);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static struct {
	uintptr_t memory;
	size_t size;
	bool (*mend)(void *argument);
	void *argument;
} mendable;

static void
leave_or_mend(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	if ((uintptr_t)info->si_addr - mendable.memory >= mendable.size ||
	    !mendable.mend(mendable.argument))
		leave(signal_number);
}

static void
tick(int signal_number)
{
	if (inside && --ticks_left <= 0 && held == 0)
		siglongjmp(way_out, signal_number);
}

static void
wake(int signal_number)
{
	if (inside && held == 0)
		siglongjmp(way_out, signal_number);
}

/*
 * SA_NODEFER: the handlers are left by a jump, which restores no signal mask.
 * The timer counts processor time, so it does not wake a process that waits.
 */
static void
catch_signals(void)
{
	static bool caught;
	const struct itimerval tick_time = { { 0, TICK }, { 0, TICK } };
	struct sigaction action = { .sa_flags = SA_NODEFER | SA_RESTART };

	if (caught)
		return;
	caught = true;
	sigemptyset(&action.sa_mask);
	action.sa_handler = leave;
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGFPE, &action, NULL);
	sigaction(SIGABRT, &action, NULL);
	action.sa_handler = tick;
	sigaction(SIGPROF, &action, NULL);
	action.sa_flags |= SA_SIGINFO;
	action.sa_sigaction = leave_or_mend;
	sigaction(SIGBUS, &action, NULL);
	setitimer(ITIMER_PROF, &tick_time, NULL);
}

int
store_guard_run(int (*work)(void *), void *argument, int tenths, int *result)
{
	int signal_number;

	catch_signals();
	signal_number = sigsetjmp(way_out, 0);
	if (signal_number == 0) {
		ticks_left = tenths;
		held = 0;
		inside = 1;
		*result = work(argument);
	}
	inside = 0;
	return signal_number;
}

int
store_guard_run_awake(int (*work)(void *), void *argument, int tenths,
    int milliseconds, int *result)
{
	const struct itimerval limit = { { 0, TICK },
		{ milliseconds / 1000, milliseconds % 1000 * 1000 } };
	const struct itimerval stop = { { 0, 0 }, { 0, 0 } };
	struct sigaction action = { .sa_handler = wake,
		.sa_flags = SA_NODEFER | SA_RESTART };
	struct sigaction before;
	int signal_number;

	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &limit, NULL);
	signal_number = store_guard_run(work, argument, tenths, result);
	setitimer(ITIMER_REAL, &stop, NULL);
	sigaction(SIGALRM, &before, NULL);
	return signal_number;
}

void
store_guard_hold(void)
{
	held++;
}

void
store_guard_release(void)
{
	held--;
}

void
store_guard_mend(
    void *memory, size_t size, bool (*mend)(void *argument), void *argument)
{
	mendable.size = 0;
	mendable.memory = (uintptr_t)memory;
	mendable.mend = mend;
	mendable.argument = argument;
	mendable.size = size;
	catch_signals();
}
