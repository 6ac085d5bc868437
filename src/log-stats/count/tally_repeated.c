/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <string.h>

#include "log-stats/tables/times.h"
#include "tally.h"

/*
 * After the same event has come a few times, sessions, messages and triplets
 * are as they will be after each further one, and each adds the same to the
 * figures.
 */
enum { SETTLED = 3, FIGURES_MAX = 384 };

#define RANGE(first, end) \
	{ \
		offsetof(struct tally, first), \
		    offsetof(struct tally, end) - \
		    offsetof(struct tally, first) \
	}

/* Where the parts of the count have their figures, one uint64_t after the
 * other. What the tables hold is counted by times. */
static const struct range {
	size_t at, size;
} ranges[] = {
	RANGE(postscreen.connects, postscreen.last_connect),
	RANGE(postscreen.tests, postscreen.sessions),
	RANGE(greylist.greylisted, greylist.triplets),
	RANGE(sessions.sets, sessions.notes),
	RANGE(messages.arrived, messages.table),
	RANGE(others, classes),
	RANGE(classes, coverage),
};

_Static_assert(sizeof(struct others) + sizeof(struct recipient_figures) +
	    SETS * sizeof(struct session_figures) +
	    (EVENT_CLASS_COUNT + ARRIVALS + TESTS * 5 + 64) *
		sizeof(uint64_t) <=
	FIGURES_MAX * sizeof(uint64_t),
    "more figures than there is room for");

static void
copy_figures(const struct tally *tally, uint64_t *copy)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		memcpy(
		    copy, (const char *)tally + ranges[i].at, ranges[i].size);
		copy += ranges[i].size / sizeof(*copy);
	}
}

/* What was added since the copy was made is added once more, and again. */
static void
add_again(struct tally *tally, const uint64_t *copy, uint64_t more)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		uint64_t *figures = (uint64_t *)(void *)((char *)tally +
		    ranges[i].at);

		for (size_t n = 0; n < ranges[i].size / sizeof(*copy); n++)
			figures[n] += (figures[n] - *copy++) * more;
	}
}

void
tally_repeated(struct tally *tally, const struct entry *entry,
    const struct event *event, uint32_t count)
{
	/* The log does not hold the line twice. */
	const uint64_t duplicates = tally->postscreen.duplicates;
	uint64_t copy[FIGURES_MAX];

	for (int i = 0; i < SETTLED && count > 0; i++, count--)
		tally_event(tally, entry, event);
	if (count > 0) {
		copy_figures(tally, copy);
		times = count;
		tally_event(tally, entry, event);
		times = 1;
		add_again(tally, copy, count - 1);
	}
	tally->postscreen.duplicates = duplicates;
}
