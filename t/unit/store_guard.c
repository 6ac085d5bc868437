/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include "store/shared/store_guard.h"
#include "unit.h"

static volatile sig_atomic_t halfway;
static volatile unsigned int rounds;

static int
return_seven(void *argument)
{
	(void)argument;
	return 7;
}

static int
go_on_for_ever(void *argument)
{
	(void)argument;
	while (halfway >= 0)
		rounds++;
	return 0;
}

static int
crash(void *argument)
{
	(void)argument;
	raise(SIGBUS);
	return 0;
}

/* Nearly all of its time it is where it can't be left. */
static int
hold_for_ever(void *argument)
{
	(void)argument;
	while (halfway >= 0) {
		store_guard_hold();
		halfway = 1;
		for (int i = 0; i < 20; i++)
			rounds++;
		halfway = 0;
		store_guard_release();
	}
	return 0;
}

static int
crash_while_held(void *argument)
{
	store_guard_hold();
	return crash(argument);
}

static int
sleep_for_ever(void *argument)
{
	(void)argument;
	while (halfway >= 0)
		pause();
	return 0;
}

static void
ends_by_itself(void)
{
	int result = 0;

	CHECK_NUMBER(store_guard_run(return_seven, NULL, 1, &result), 0);
	CHECK_NUMBER(result, 7);
}

static void
ends_by_a_signal(void)
{
	int result = 0;

	CHECK_NUMBER(store_guard_run(crash, NULL, 1, &result), SIGBUS);
	CHECK_NUMBER(
	    store_guard_run(go_on_for_ever, NULL, 1, &result), SIGPROF);
	ends_by_itself();
}

static void
is_not_left_while_held(void)
{
	int result = 0;

	for (int i = 0; i < 5; i++) {
		CHECK_NUMBER(
		    store_guard_run(hold_for_ever, NULL, 1, &result), SIGPROF);
		CHECK_NUMBER(halfway, 0);
	}
}

static void
held_by_what_crashed(void)
{
	int result = 0;

	CHECK_NUMBER(
	    store_guard_run(crash_while_held, NULL, 1, &result), SIGBUS);
	CHECK_NUMBER(
	    store_guard_run(go_on_for_ever, NULL, 1, &result), SIGPROF);
}

static void
ends_by_the_clock(void)
{
	int result = 0;

	for (int i = 0; i < 3; i++)
		CHECK_NUMBER(store_guard_run_awake(
				 sleep_for_ever, NULL, 10, 20, &result),
		    SIGALRM);
	CHECK_NUMBER(
	    store_guard_run_awake(return_seven, NULL, 10, 20, &result), 0);
	CHECK_NUMBER(result, 7);
}

const struct unit_test unit_store_guard[] = {
	{ "guard: work that ends by itself returns its result",
	    ends_by_itself },
	{ "guard: work that crashes, or has no end, is ended by a signal",
	    ends_by_a_signal },
	{ "guard: work is not ended between hold and release",
	    is_not_left_while_held },
	{ "guard: what crashed in between holds nothing any more",
	    held_by_what_crashed },
	{ "guard: work that waits for ever is ended by the clock, if asked",
	    ends_by_the_clock },
	{ NULL, NULL }
};
