/* SPDX-License-Identifier: BSD-2-Clause */
#include "postscreen_judge.h"

void
psc_count_ignored(struct postscreen *psc, uint32_t flags, uint64_t change)
{
	for (uint32_t marks = flags & MARKS; marks != 0; marks &= marks - 1) {
		struct test_figures
		    *figures = &psc->tests[__builtin_ctz(marks)];

		figures->ignored += change;
		figures->marked += change;
	}
}

/* Marks of tests that the user says are set to ignore do not count. */
static bool
has_mark(const struct postscreen *psc, uint32_t flags)
{
	for (uint32_t marks = flags & MARKS; marks != 0; marks &= marks - 1)
		if (psc->ledger->settings->test_modes[__builtin_ctz(marks)] !=
		    MODE_IGNORE)
			return true;
	return false;
}

static void
count_tests(struct postscreen *psc, uint32_t flags, bool is_blocked)
{
	for (uint32_t marks = flags & MARKS; marks != 0; marks &= marks - 1) {
		struct test_figures
		    *figures = &psc->tests[__builtin_ctz(marks)];

		figures->marked++;
		if (flags & REJECTED)
			figures->enforced++;
		else if (is_blocked)
			figures->dropped++;
	}
}

static void
count_blocked(struct postscreen *psc, uint32_t flags, const struct event *event)
{
	psc->blocked++;
	psc->blocked_busy += (flags & BUSY) != 0;
	ledger_row(psc->ledger, ROW_POSTSCREEN, UNIT_SESSION);
	if (!(flags & COUNTED_RECIPIENT))
		ledger_row(psc->ledger, ROW_POSTSCREEN, UNIT_RECIPIENT);
	ledger_turn_away(psc->ledger, event);
}

void
psc_judge(struct postscreen *psc, uint32_t flags, const struct event *event)
{
	bool is_denied = (flags & (1u << TEST_DENYLIST)) != 0 &&
	    !(flags & VETOED) &&
	    psc->ledger->settings->test_modes[TEST_DENYLIST] != MODE_IGNORE;
	bool is_blocked = (flags & REJECTED) != 0 ||
	    ((flags & COME_BACK) ? is_denied : has_mark(psc, flags));

	if (is_blocked)
		count_blocked(psc, flags, event);
	else if (flags & COME_BACK)
		psc->come_back++;
	else
		psc->gave_up++;
	count_tests(psc, flags, is_blocked);
}

enum mode
psc_mode(const struct postscreen *psc, enum test test)
{
	const struct test_figures *figures = &psc->tests[test];

	if (psc->ledger->settings->test_modes[test] != MODE_OBSERVED)
		return psc->ledger->settings->test_modes[test];
	if (figures->ignored > 0)
		return MODE_IGNORE;
	if (figures->enforced > 0)
		return MODE_ENFORCE;
	return figures->dropped > 0 ? MODE_DROP : MODE_OBSERVED;
}
