/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "say.h"
#include "silent.h"

/* Most senders come back sooner than this, in seconds. */
enum { MAY_COME_YET = 3600 };

static void
keep_largest(struct silent *silent)
{
	size_t i = silent->count;

	if (i == SILENT_MOST) {
		if (silent->most[i - 1].triplets >= silent->now.triplets)
			return;
		i--;
	} else
		silent->count++;
	for (; i > 0 && silent->most[i - 1].triplets < silent->now.triplets;
	     i--)
		silent->most[i] = silent->most[i - 1];
	silent->most[i] = silent->now;
}

void
silent_end(struct silent *silent)
{
	if (silent->now.triplets == 0)
		return;
	silent->networks++;
	if (!silent->returned) {
		silent->silent++;
		silent->silent_triplets += silent->now.triplets;
		keep_largest(silent);
	}
	silent->now.triplets = 0;
	silent->returned = false;
}

void
silent_add(struct silent *silent, const struct settings *settings,
    const struct row *row)
{
	struct bytes network = row->parts.network;
	const struct triplet_record *triplet = &row->triplet;

	if (!bytes_equal(
		network, (struct bytes){ silent->now.text, silent->now.len })) {
		silent_end(silent);
		memcpy(silent->now.text, network.data, network.len);
		silent->now.len = network.len;
	}
	silent->now.triplets++;
	if (triplet->last > triplet->first ||
	    settings->now - triplet->last < MAY_COME_YET)
		silent->returned = true;
}

void
silent_say(const struct silent *silent)
{
	say("\nOf %" PRId64 " network%s %" PRId64
	    " never came back with anything (%.1f %%), with %" PRId64
	    " triplet%s.\n",
	    silent->networks, say_s(silent->networks), silent->silent,
	    say_share(silent->silent, silent->networks),
	    silent->silent_triplets, say_s(silent->silent_triplets));
	for (size_t i = 0; i < silent->count; i++)
		say("  %-39.*s %9" PRId64 "\n", (int)silent->most[i].len,
		    silent->most[i].text, silent->most[i].triplets);
}

void
silent_json(const struct silent *silent)
{
	say(",\"networks\":%" PRId64 ",\"silent_networks\":%" PRId64
	    ",\"silent_triplets\":%" PRId64 ",\"silent\":[",
	    silent->networks, silent->silent, silent->silent_triplets);
	for (size_t i = 0; i < silent->count; i++)
		say("%s{\"network\":\"%.*s\",\"triplets\":%" PRId64 "}",
		    say_comma(i), (int)silent->most[i].len,
		    silent->most[i].text, silent->most[i].triplets);
	say("]");
}
