/* SPDX-License-Identifier: BSD-2-Clause */
#include <libgen.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/span.h"
#include "greylist/record.h"
#include "parts.h"
#include "store/store.h"

/* What the store holds. */
struct holds {
	const struct policy *policy;
	int64_t now, last;
	unsigned long waiting, passed, expired, clients, whitelisted;
};

static bool
count_triplet(void *argument, struct bytes key, struct bytes value)
{
	struct holds *holds = argument;
	struct triplet_record record;

	(void)key;
	if (!record_read_triplet(value, &record))
		return true;
	if (record.last > holds->last)
		holds->last = record.last;
	if (policy_triplet_expired(holds->policy, holds->now, &record))
		holds->expired++;
	else if (record.last - record.first >= holds->policy->delay)
		holds->passed++;
	else
		holds->waiting++;
	return true;
}

static bool
count_client(void *argument, struct bytes key, struct bytes value)
{
	struct holds *holds = argument;
	struct client_record record;

	(void)key;
	if (!record_read_client(value, &record) ||
	    policy_client_expired(holds->policy, holds->now, &record))
		return true;
	holds->clients++;
	holds->whitelisted += holds->policy->whitelist_count > 0 &&
	    record.count >= holds->policy->whitelist_count;
	return true;
}

static void
report_store(struct inside *inside, const struct holds *holds)
{
	const char *where = inside->settings->store;
	char age[SPAN_TEXT_MAX];

	if (holds->waiting + holds->passed + holds->expired == 0) {
		finding(inside->findings, FINDING_OK,
		    "%s: the store is empty: no mail has been asked about yet",
		    where);
		return;
	}
	span_format(holds->now - holds->last, SPAN_MINUTE, false, age);
	finding(inside->findings, FINDING_OK,
	    "%s: %lu triplets are waiting, %lu have passed, %lu have expired; "
	    "of %lu clients %lu are auto-whitelisted; last asked %s ago",
	    where, holds->waiting, holds->passed, holds->expired,
	    holds->clients, holds->whitelisted, age);
}

/* The store is made when it is first used, if its user may do so. */
static bool
exists(struct inside *inside, const struct store *store)
{
	const char *directory = store_directory(store);
	char parent[4096];

	if (directory == NULL || access(directory, F_OK) == 0)
		return true;
	snprintf(parent, sizeof(parent), "%s", directory);
	if (access(dirname(parent), W_OK | X_OK) == 0) {
		finding(inside->findings, FINDING_OK,
		    "%s: is not there yet; it is made with the first request",
		    directory);
		return false;
	}
	finding(inside->findings, FINDING_FAULT,
	    "%s: is not there, and user %s can't make it", directory,
	    inside->user);
	finding(inside->findings, FINDING_PASTE,
	    "install -d -m 0700 -o %s -g \"$(id -gn %s)\" %s", inside->user,
	    inside->user, directory);
	return false;
}

static void
look_into(struct inside *inside, struct store *store)
{
	const struct bytes first = { "", 0 };
	struct holds holds = { .policy = &inside->settings->policy,
		.now = time(NULL) };

	if (store_open(store) != STORE_OK ||
	    store_walk(store, STORE_TRIPLETS, first, count_triplet, &holds) !=
		STORE_OK ||
	    store_walk(store, STORE_CLIENTS, first, count_client, &holds) !=
		STORE_OK)
		finding(inside->findings, FINDING_FAULT, "as user %s: %s",
		    inside->user, store_reason(store));
	else
		report_store(inside, &holds);
}

void
inside_store(struct inside *inside)
{
	const struct store_options options = { .background = true,
		.is_value = { record_is_triplet, record_is_client } };
	struct store *store = store_new(inside->settings->store, &options);

	if (store == NULL) {
		finding(inside->findings, FINDING_FAULT,
		    "%s: does not name a store", inside->settings->store);
		return;
	}
	if (exists(inside, store))
		look_into(inside, store);
	store_close(store);
}
