/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <unistd.h>

#include "redis_pause.h"

/* Milliseconds, but for the last two. */
enum {
	FIRST = 1000,
	LONGEST = 30000,
	TOO_FAR = 2 * LONGEST,
	FAILURES = 8,
	DOUBLED_MAX = 5
};

/* Where there are very many, some share one: that costs them some tries. */
static struct redis_pause_slot *
find(struct redis_pause_slot *slots, size_t count, uint64_t mark)
{
	for (size_t i = 0; i < count; i++) {
		struct redis_pause_slot *slot = &slots[(mark + i) % count];
		uint64_t there = 0;

		if (atomic_compare_exchange_strong(&slot->mark, &there, mark) ||
		    there == mark)
			return slot;
	}
	return &slots[mark % count];
}

void
redis_pause_init(struct redis_pause *pause, struct redis_pause_slot *slots,
    size_t count, uint64_t mark)
{
	pause->slot = slots == NULL ? &pause->own : find(slots, count, mark);
}

static int64_t
left(int64_t until, int64_t now)
{
	until /= FAILURES;
	return until <= now || until - now > TOO_FAR ? 0 : until - now;
}

int64_t
redis_pause_left(const struct redis_pause *pause, int64_t now)
{
	return pause->trying ? 0 : left(atomic_load(&pause->slot->until), now);
}

static int64_t
failures_of(int64_t until)
{
	return until <= 0 ? 0 : until % FAILURES;
}

bool
redis_pause_try(struct redis_pause *pause, int64_t now, int64_t span)
{
	int64_t until = atomic_load(&pause->slot->until);

	if (pause->trying || until == 0)
		return true;
	if (left(until, now) > 0)
		return false;
	pause->trying = atomic_compare_exchange_strong(&pause->slot->until,
	    &until, (now + span) * FAILURES + failures_of(until));
	return pause->trying;
}

/* Not all hosts come back at the same moment. */
static int64_t
jitter(int64_t span)
{
	static bool seeded;

	if (!seeded)
		srandom((unsigned)getpid());
	seeded = true;
	return span - span / 8 + random() % (span / 4);
}

void
redis_pause_failed(struct redis_pause *pause, int64_t now)
{
	int64_t until = atomic_load(&pause->slot->until);
	int64_t failures = failures_of(until), span = LONGEST;

	/* What another process has found out meanwhile counts once. */
	if (!pause->trying && left(until, now) > 0)
		return;
	pause->trying = false;
	if (failures < DOUBLED_MAX) {
		span = (int64_t)FIRST << failures;
		failures++;
	}
	atomic_store(
	    &pause->slot->until, (now + jitter(span)) * FAILURES + failures);
}

void
redis_pause_worked(struct redis_pause *pause)
{
	pause->trying = false;
	if (atomic_load_explicit(&pause->slot->until, memory_order_relaxed) !=
	    0)
		atomic_store(&pause->slot->until, 0);
}
