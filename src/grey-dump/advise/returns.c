/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "returns.h"
#include "say.h"

/* Where a bucket ends; the last one does not. */
static const int64_t bounds[RETURNS_BUCKETS] = { 60, 120, 180, 240, 300, 600,
	900, 1800, 3600, 3 * 3600, 12 * 3600, INT64_MAX };
static const int64_t delays[RETURNS_DELAYS] = { 30, 60, 120, 180, 240, 300, 600,
	900, 1800 };

void
returns_add(struct returns *returns, const struct settings *settings,
    const struct row *row)
{
	const struct triplet_record *triplet = &row->triplet;
	int64_t took = triplet->last - triplet->first;
	int64_t since_last = settings->now - triplet->last;
	size_t bucket = 0;

	if (settings->now - triplet->first <= settings->policy.retry_window) {
		returns->young++;
		returns->young_returned += took > 0;
		returns->young_passed += took >= settings->policy.delay;
	}
	if (took <= 0)
		return;
	returns->returned++;
	returns->gave_up += took < settings->policy.delay &&
	    since_last > 12 * 3600;
	while (took >= bounds[bucket])
		bucket++;
	returns->in_bucket[bucket]++;
	for (size_t i = 0; i < RETURNS_DELAYS; i++)
		returns->served[i] += took >= delays[i];
}

static void
say_buckets(const struct returns *returns)
{
	int64_t from = 0;

	say("\nOf %" PRId64 " that came back, the last time came so long after "
	    "the first:\n",
	    returns->returned);
	for (size_t i = 0; i < RETURNS_BUCKETS; i++) {
		if (bounds[i] == INT64_MAX)
			say("  %4s and more ", say_time(from).text);
		else
			say("  %4s to %4s   ", say_time(from).text,
			    say_time(bounds[i]).text);
		say("%10" PRId64 "  %5.1f %%\n", returns->in_bucket[i],
		    say_share(returns->in_bucket[i], returns->returned));
		from = bounds[i];
	}
}

static void
say_delays(const struct returns *returns, int64_t delay)
{
	say("\nWith each delay, so many of them would have passed:\n");
	for (size_t i = 0; i < RETURNS_DELAYS; i++)
		say("  --delay=%-5s %9" PRId64 "  %5.1f %%%s\n",
		    say_time(delays[i]).text, returns->served[i],
		    say_share(returns->served[i], returns->returned),
		    delays[i] == delay ? "  (as it is)" : "");
	if (returns->gave_up > 0)
		say("%" PRId64
		    " came back only before the delay of %s was over, "
		    "and not in the last\n12 hours: a delay shorter than their "
		    "wait would have let them pass.\n",
		    returns->gave_up, say_time(delay).text);
}

void
returns_say(const struct returns *returns, const struct settings *settings)
{
	say("Of %" PRId64 " triplet%s that began within the last %s, %" PRId64
	    " came back (%.1f %%), and\n%" PRId64 " passed (%.1f %%).\n",
	    returns->young, say_s(returns->young),
	    say_time(settings->policy.retry_window).text,
	    returns->young_returned,
	    say_share(returns->young_returned, returns->young),
	    returns->young_passed,
	    say_share(returns->young_passed, returns->young));
	if (returns->returned == 0)
		return;
	say_buckets(returns);
	say_delays(returns, settings->policy.delay);
}

void
returns_json(const struct returns *returns, const struct settings *settings)
{
	int64_t from = 0;

	say("\"window\":%" PRId64 ",\"began\":%" PRId64
	    ",\"came_back\":%" PRId64 ",\"passed\":%" PRId64 ",\"waits\":[",
	    settings->policy.retry_window, returns->young,
	    returns->young_returned, returns->young_passed);
	for (size_t i = 0; i < RETURNS_BUCKETS; i++) {
		say("%s{\"from\":%" PRId64 ",", say_comma(i), from);
		if (bounds[i] != INT64_MAX)
			say("\"to\":%" PRId64 ",", bounds[i]);
		say("\"count\":%" PRId64 "}", returns->in_bucket[i]);
		from = bounds[i];
	}
	say("],\"delays\":[");
	for (size_t i = 0; i < RETURNS_DELAYS; i++)
		say("%s{\"delay\":%" PRId64 ",\"count\":%" PRId64 "}",
		    say_comma(i), delays[i], returns->served[i]);
	say("],\"gave_up\":%" PRId64, returns->gave_up);
}
