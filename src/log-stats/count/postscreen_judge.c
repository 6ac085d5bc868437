/* SPDX-License-Identifier: BSD-2-Clause */
#include "postscreen_judge.h"
#include "postscreen_table.h"

void
psc_count_ignored(struct tally *tally, uint32_t flags, uint64_t change)
{
	for (uint32_t marks = flags & MARKS; marks != 0; marks &= marks - 1) {
		struct test_tally *figures = &tally->postscreen
						  .tests[__builtin_ctz(marks)];

		figures->ignored += change;
		figures->marked += change;
	}
}

/* The marks of tests that, as the user says, are ignored do not count. */
static bool
has_mark(const struct tally *tally, uint32_t flags)
{
	for (uint32_t marks = flags & MARKS; marks != 0; marks &= marks - 1)
		if (tally->settings->test_modes[__builtin_ctz(marks)] !=
		    MODE_IGNORE)
			return true;
	return false;
}

static void
count_tests(struct tally *tally, uint32_t flags, bool is_blocked)
{
	for (uint32_t marks = flags & MARKS; marks != 0; marks &= marks - 1) {
		struct test_tally *figures = &tally->postscreen
						  .tests[__builtin_ctz(marks)];

		figures->marked++;
		if (flags & REJECTED)
			figures->enforced++;
		else if (is_blocked)
			figures->dropped++;
	}
}

static void
count_blocked(struct tally *tally, uint32_t flags, const struct event *event)
{
	tally->postscreen.blocked++;
	tally->postscreen.blocked_busy += (flags & BUSY) != 0;
	tally_row(tally, ROW_POSTSCREEN, UNIT_SESSION, 1);
	if (!(flags & COUNTED_RECIPIENT))
		tally_row(tally, ROW_POSTSCREEN, UNIT_RECIPIENT, 1);
	tally_turned_away(tally, event);
}

void
psc_judge(struct tally *tally, uint32_t flags, const struct event *event)
{
	bool is_denied = (flags & (1u << TEST_DENYLIST)) != 0 &&
	    !(flags & VETOED) &&
	    tally->settings->test_modes[TEST_DENYLIST] != MODE_IGNORE;
	bool is_blocked = (flags & REJECTED) != 0 ||
	    ((flags & COME_BACK) ? is_denied : has_mark(tally, flags));

	if (is_blocked)
		count_blocked(tally, flags, event);
	else if (flags & COME_BACK)
		tally->postscreen.come_back++;
	else
		tally->postscreen.gave_up++;
	count_tests(tally, flags, is_blocked);
}

enum mode
psc_mode(const struct tally *tally, enum test test)
{
	const struct test_tally *figures = &tally->postscreen.tests[test];

	if (tally->settings->test_modes[test] != MODE_OBSERVED)
		return tally->settings->test_modes[test];
	if (figures->ignored > 0)
		return MODE_IGNORE;
	if (figures->enforced > 0)
		return MODE_ENFORCE;
	return figures->dropped > 0 ? MODE_DROP : MODE_OBSERVED;
}
