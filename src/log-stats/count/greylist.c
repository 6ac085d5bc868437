/* SPDX-License-Identifier: BSD-2-Clause */
#include "greylist.h"
#include "log-stats/tables/hash.h"
#include "log-stats/tables/network.h"

enum {
	TRIPLETS_LIMIT = 3 << 16,
	MORE_CLIENTS_LIMIT = 3 << 14,
	RETRY_SECONDS = 2 * 86400
};

enum fate { WAITING, RETURNED, PASSED };

struct triplet {
	uint64_t hash;
	uint32_t seconds; /* when it was greylisted last; 0: not known */
	uint32_t fate : 2;
	uint32_t client : 30; /* the mark of the first one; 0: none */
};

_Static_assert(CLIENTS_MARK_MAX < 1 << 30, "a mark has room in a triplet");

/* A network may have several clients that try: the second one of a triplet, and
 * further ones. */
struct more_client {
	uint64_t hash;
	uint64_t triplet;
	uint64_t client; /* its mark */
};

uint64_t
greylist_network(const struct greylist *greylist, struct bytes address)
{
	return network_hash(
	    address, greylist->ledger->entry->writer->host_hash);
}

static uint64_t
triplet_of(const struct greylist *greylist, const struct event *event)
{
	uint64_t network = greylist_network(greylist, event->client_address);

	return hash_lower(
	    event->recipient, hash_pair(network, hash_lower(event->sender, 0)));
}

/* False: there is no room. */
static bool
note_client(struct greylist *greylist, struct triplet *triplet, uint32_t client)
{
	struct table *more = &greylist->more_clients;
	struct more_client *another;
	uint64_t hash;
	bool is_new;

	if (triplet->client == 0)
		triplet->client = client & CLIENTS_MARK_MAX;
	if (triplet->client == client)
		return true;
	hash = hash_pair(triplet->hash, client);
	if (more->count >= MORE_CLIENTS_LIMIT)
		return table_find(more, hash) != NULL;
	another = table_add(more, sizeof(*another), hash, &is_new);
	another->triplet = triplet->hash;
	another->client = client;
	return true;
}

/* triplet NULL: it could not be kept, so that nobody knows whether it passes.
 */
static void
turn_away(struct greylist *greylist, const struct event *event,
    struct triplet *triplet)
{
	struct ledger *ledger = greylist->ledger;
	uint32_t client;

	if (event->client_address.len == 0)
		return;
	client = clients_turn_away(&ledger->clients, ledger->client,
	    event->client_address, triplet == NULL);
	if (client != 0 && triplet != NULL &&
	    !note_client(greylist, triplet, client))
		clients_turned_for_good(&ledger->clients, ledger->client);
}

uint64_t
greylist_reject(struct greylist *greylist, const struct event *event)
{
	struct table *triplets = &greylist->triplets;
	struct ledger *ledger = greylist->ledger;
	uint64_t hash = triplet_of(greylist, event);
	struct triplet *triplet;
	bool is_new = false;

	greylist->greylisted++;
	ledger_bucket(ledger, ledger->now, BUCKET_GREYLISTED, 1);
	triplet = triplets->count < TRIPLETS_LIMIT ?
	    table_add(triplets, sizeof(*triplet), hash, &is_new) :
	    table_find(triplets, hash);
	turn_away(greylist, event, triplet);
	if (triplet == NULL) {
		greylist->triplets_dropped++;
		return hash;
	}
	triplet->seconds = (uint32_t)ledger->now;
	if (!is_new && triplet->fate == WAITING)
		triplet->fate = RETURNED;
	return hash;
}

/* One that waits has come but once. */
void
greylist_take_back(struct greylist *greylist, int64_t seconds, uint64_t hash)
{
	struct triplet *triplet = table_find(&greylist->triplets, hash);

	greylist->greylisted--;
	ledger_bucket(greylist->ledger, seconds, BUCKET_GREYLISTED, -1);
	if (triplet != NULL && triplet->fate == WAITING)
		table_remove(&greylist->triplets, triplet);
}

static void
set_fate(struct greylist *greylist, uint64_t hash, enum fate fate)
{
	struct triplet *triplet = table_find(&greylist->triplets, hash);

	if (triplet == NULL || triplet->fate == PASSED)
		return;
	triplet->fate = fate & 3u;
	greylist->passed += fate == PASSED;
}

void
greylist_event(struct greylist *greylist, const struct event *event)
{
	const char *action;

	switch (event->class) {
	case EVENT_GREY_GREYLIST:
		action = "greylist: ";
		if (event->is_early_retry)
			set_fate(
			    greylist, triplet_of(greylist, event), RETURNED);
		break;
	case EVENT_GREY_PASS:
		action = "pass: ";
		if (event->has_delay)
			percentiles_add(
			    &greylist->waits, event->delays[DELAY_TOTAL]);
		/* sqlgrey does not always say which triplet it was. */
		if (event->client_address.len > 0 && event->has_sender)
			set_fate(greylist, triplet_of(greylist, event), PASSED);
		break;
	case EVENT_GREY_LEARN:
		action = "learn: ";
		greylist->learned++;
		break;
	case EVENT_GREY_ERROR:
		action = "error: ";
		greylist->without_store++;
		break;
	default:
		return;
	}
	ledger_rank_named(
	    greylist->ledger, RANKING_GREYLIST_REASONS, action, event->text);
}

void
greylist_accepted(struct greylist *greylist, uint64_t network, uint64_t sender,
    struct bytes recipient)
{
	set_fate(greylist, hash_lower(recipient, hash_pair(network, sender)),
	    PASSED);
}

/* Counted one by one: for --check, a second count of those that passed. */
struct greylist_fates
greylist_fates(const struct greylist *greylist)
{
	struct greylist_fates fates = { .triplets = greylist->triplets.count };
	const struct triplet *triplet;
	size_t at = 0;

	while ((triplet = table_next(&greylist->triplets, &at)) != NULL)
		if (triplet->fate == PASSED)
			fates.passed++;
		else if (triplet->fate == WAITING && triplet->seconds != 0 &&
		    (int64_t)triplet->seconds + RETRY_SECONDS <
			greylist->ledger->last_time)
			fates.never_returned++;
		else
			fates.still_open++;
	return fates;
}

void
greylist_mark_waiting(const struct greylist *greylist, unsigned char *marks)
{
	const struct triplet *triplet;
	const struct more_client *more;
	size_t at = 0;

	while ((triplet = table_next(&greylist->triplets, &at)) != NULL)
		if (triplet->fate != PASSED)
			clients_mark(marks, triplet->client);
	at = 0;
	while ((more = table_next(&greylist->more_clients, &at)) != NULL) {
		triplet = table_find(&greylist->triplets, more->triplet);
		if (triplet == NULL || triplet->fate != PASSED)
			clients_mark(marks, (uint32_t)more->client);
	}
}
