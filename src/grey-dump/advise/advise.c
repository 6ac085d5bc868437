/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "advise.h"
#include "ages.h"
#include "common/msg.h"
#include "common/program.h"
#include "grey-dump/put.h"
#include "pools.h"
#include "returns.h"
#include "say.h"
#include "silent.h"

struct advice {
	const struct settings *settings;
	const struct filter *filter;
	struct store *store;
	struct bytes beginning; /* of the keys that are walked over */
	bool (*add)(struct advice *, const struct row *);
	const char *failed; /* NULL: nothing did */
	struct returns returns;
	struct ages ages;
	struct silent silent;
	struct sightings sightings;
	struct pools pools;
	int64_t unreadable, hidden;
};

static const char no_memory[] = "out of memory";

static bool
add_first(struct advice *advice, const struct row *row)
{
	const struct settings *settings = advice->settings;

	returns_add(&advice->returns, settings, row);
	ages_add(&advice->ages, settings, row);
	if (row->split) {
		silent_add(&advice->silent, settings, row);
		sightings_count(&advice->sightings, row);
	} else
		advice->hidden++;
	return true;
}

static bool
add_again(struct advice *advice, const struct row *row)
{
	if (row->split && !sightings_keep(&advice->sightings, row))
		advice->failed = no_memory;
	return advice->failed == NULL;
}

static bool
visit(void *argument, struct bytes key, struct bytes value)
{
	struct advice *advice = argument;
	struct row row;

	if (!bytes_begin_with(key, advice->beginning))
		return false;
	row_decode(advice->settings, key, value, &row);
	if (!row.decoded) {
		advice->unreadable += advice->add == add_first;
		return true;
	}
	return !filter_takes(advice->filter, &row) || advice->add(advice, &row);
}

static bool
walk_range(void *argument, struct bytes beginning)
{
	struct advice *advice = argument;

	advice->beginning = beginning;
	if (store_walk(advice->store, STORE_TRIPLETS, beginning, visit,
		advice) != STORE_OK)
		advice->failed = store_reason(advice->store);
	return advice->failed == NULL;
}

static bool
walk(struct advice *advice,
    bool (*add)(struct advice *advice, const struct row *row))
{
	advice->add = add;
	return filter_each_range(advice->filter, walk_range, advice);
}

static bool
collect(struct advice *advice)
{
	if (store_become_owner(advice->store) != STORE_OK) {
		advice->failed = store_reason(advice->store);
		return false;
	}
	if (!walk(advice, add_first) || !walk(advice, add_again))
		return false;
	silent_end(&advice->silent);
	if (!pools_find(&advice->pools, &advice->sightings,
		advice->settings->policy.retry_window))
		advice->failed = no_memory;
	return advice->failed == NULL;
}

static void
say_all(const struct advice *advice)
{
	returns_say(&advice->returns, advice->settings);
	ages_say(&advice->ages, advice->settings);
	if (advice->hidden > 0)
		say("\n%" PRId64 " key%s without a network, as with --privacy: "
		    "of these only the times\nare known.\n",
		    advice->hidden, say_s(advice->hidden));
	if (advice->silent.networks > 0)
		silent_say(&advice->silent);
	pools_say(&advice->pools, advice->sightings.dropped);
}

static void
write_json(const struct advice *advice)
{
	say("{");
	returns_json(&advice->returns, advice->settings);
	ages_json(&advice->ages);
	say(",\"hidden\":%" PRId64, advice->hidden);
	silent_json(&advice->silent);
	pools_json(&advice->pools, advice->sightings.dropped);
	say("}\n");
}

static int
end(const struct advice *advice)
{
	if (advice->unreadable > 0)
		msg(MSG_WARN, "%" PRId64 " records can't be decoded",
		    advice->unreadable);
	if (advice->failed != NULL) {
		msg(MSG_ERROR, "%s", advice->failed);
		return PROGRAM_FAILED;
	}
	if (advice->settings->format == FORMAT_JSON)
		write_json(advice);
	else
		say_all(advice);
	put_flush();
	return program_end_output() == 0 && advice->unreadable == 0 ?
	    0 :
	    PROGRAM_FAILED;
}

int
advise_run(const struct settings *settings, const struct filter *filter,
    struct store *store)
{
	static struct advice advice;
	int result;

	advice.settings = settings;
	advice.filter = filter;
	advice.store = store;
	if (!sightings_init(&advice.sightings))
		advice.failed = no_memory;
	else
		(void)collect(&advice);
	result = end(&advice);
	sightings_free(&advice.sightings);
	pools_free(&advice.pools);
	return result;
}
