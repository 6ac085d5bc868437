/* SPDX-License-Identifier: BSD-2-Clause */
#include <time.h>

#include "common/monotonic.h"
#include "store_wait.h"

/* Measured: with longer or fewer pauses checks wait longer. */
enum { PAUSE_NANOSECONDS = 2000000, PAUSES = 16 };

/* How long to wait for one who is known to be stuck. */
enum { STUCK_MILLISECONDS = 100 };

/* Milliseconds since when the holder has been seen at the same unit. */
static int64_t
note_stuck(const struct store_progress *progress)
{
	volatile struct store_stuck *stuck = progress->stuck;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (stuck->since == 0 || stuck->since > now.tv_sec ||
	    stuck->holder != *progress->holder ||
	    stuck->units != *progress->units) {
		stuck->holder = *progress->holder;
		stuck->units = *progress->units;
		stuck->since = now.tv_sec;
	}
	return (now.tv_sec - stuck->since) * 1000;
}

static void
look_at_holder(struct store_wait *wait)
{
	const struct store_patience *patience = &wait->patience;

	wait->seen_holder = *wait->progress.holder;
	wait->seen_units = *wait->progress.units;
	if (wait->seen_holder == 0)
		wait->limit = patience->unnamed;
	else if (note_stuck(&wait->progress) > patience->holder)
		wait->limit = STUCK_MILLISECONDS;
	else
		wait->limit = patience->holder;
}

void
store_wait_begin(struct store_wait *wait, const struct store_progress *progress,
    const struct store_patience *patience)
{
	wait->progress = *progress;
	wait->patience = *patience;
	wait->begun = wait->since = monotonic_milliseconds();
	look_at_holder(wait);
}

bool
store_wait_is_over(struct store_wait *wait)
{
	int64_t now = monotonic_milliseconds();

	if (wait->seen_holder != *wait->progress.holder ||
	    wait->seen_units != *wait->progress.units) {
		wait->since = now;
		look_at_holder(wait);
	}
	return now - wait->since >= wait->limit ||
	    now - wait->begun >= wait->patience.total;
}

void
store_give_way(
    struct store_manners *manners, uint32_t units, volatile uint32_t *wanted)
{
	const struct timespec pause = { 0, PAUSE_NANOSECONDS };

	if (*wanted != 0 || units != manners->units_seen)
		manners->pauses = PAUSES;
	*wanted = 0;
	if (manners->pauses == 0)
		return;
	manners->pauses--;
	nanosleep(&pause, NULL);
}
