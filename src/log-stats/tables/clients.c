/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "clients.h"
#include "memory.h"
#include "network.h"
#include "times.h"

enum {
	SLOT = 16,
	NAME_MAX_LEN = 3 * SLOT - 1,
	SLOTS_MIN = 64,
	SLOTS_LIMIT = 1 << 19
};

/* It was turned away for good, at least once. */
#define FOR_GOOD (UINT32_C(1) << 31)

#define TURNED_AWAY_MAX UINT32_C(0x7fffffff)

struct client {
	uint64_t hash;
	uint32_t turned_away; /* how often */
	uint32_t bits; /* places, above them the first slot of its name, and
			* FOR_GOOD */
};

_Static_assert(SLOTS_LIMIT <= 1 << (31 - CLIENTS_PLACES), "room for a slot");
_Static_assert(SLOTS_LIMIT - 1 <= CLIENTS_MARK_MAX, "a slot is a mark");

/* 0: it has no name. */
static uint32_t
slot_of(const struct client *client)
{
	return (client->bits & ~FOR_GOOD) >> CLIENTS_PLACES;
}

/* NULL: there are too many. */
static struct client *
find(struct clients *clients, uint64_t hash)
{
	bool is_new;

	return clients->table.count < CLIENTS_LIMIT ?
	    table_add(&clients->table, sizeof(struct client), hash, &is_new) :
	    table_find(&clients->table, hash);
}

bool
clients_see(struct clients *clients, uint64_t hash, unsigned where)
{
	struct client *client = find(clients, hash);
	bool is_new = client != NULL && (client->bits >> where & 1) == 0;

	clients->dropped += client == NULL;
	if (is_new)
		client->bits |= 1u << where;
	return is_new;
}

/* The first of this many slots in a row; 0: they are all taken. */
static uint32_t
take_slots(struct clients *clients, uint32_t count)
{
	uint32_t first = clients->slots_used == 0 ? 1 : clients->slots_used;

	if (first + count > SLOTS_LIMIT)
		return 0;
	if (first + count > clients->slots) {
		clients->slots = clients->slots == 0 ? SLOTS_MIN :
						       2 * clients->slots;
		clients->names = memory_grow(
		    clients->names, clients->slots, SLOT);
	}
	clients->slots_used = first + count;
	return first;
}

static uint32_t
keep_name(struct clients *clients, struct bytes address)
{
	size_t len = address.len < NAME_MAX_LEN ? address.len : NAME_MAX_LEN;
	uint32_t slot = take_slots(clients, (uint32_t)(len / SLOT + 1));
	char *name;

	if (slot == 0)
		return 0;
	name = clients->names + (size_t)slot * SLOT;
	*name = (char)len;
	memcpy(name + 1, address.data, len);
	clients->named++;
	return slot;
}

uint32_t
clients_turn_away(
    struct clients *clients, uint64_t hash, struct bytes address, bool for_good)
{
	struct client *client = find(clients, hash);

	if (client != NULL && slot_of(client) == 0)
		client->bits |= keep_name(clients, address) << CLIENTS_PLACES;
	if (client == NULL || slot_of(client) == 0) {
		clients->lost += times;
		return 0;
	}
	if (times <= TURNED_AWAY_MAX - client->turned_away)
		client->turned_away = (client->turned_away + times) &
		    TURNED_AWAY_MAX;
	client->bits |= for_good ? FOR_GOOD : 0;
	return slot_of(client);
}

void
clients_turned_for_good(struct clients *clients, uint64_t hash)
{
	struct client *client = table_find(&clients->table, hash);

	if (client != NULL)
		client->bits |= FOR_GOOD;
}

unsigned char *
clients_marks(const struct clients *clients)
{
	return memory_new((size_t)clients->slots_used / 8 + 1, 1);
}

static bool
is_listed(const struct client *client, const unsigned char *marks)
{
	const uint32_t slot = slot_of(client);

	return slot != 0 && client->turned_away > 0 &&
	    ((client->bits & FOR_GOOD) != 0 ||
		(marks[slot / 8] >> slot % 8 & 1) != 0);
}

/* The next one that is listed; NULL: no more. */
static const struct client *
next_listed(
    const struct clients *clients, const unsigned char *marks, size_t *at)
{
	const struct client *client;

	do
		client = table_next(&clients->table, at);
	while (client != NULL && !is_listed(client, marks));
	return client;
}

void
clients_take_back(struct clients *clients, uint64_t hash)
{
	struct client *client = table_find(&clients->table, hash);

	if (client != NULL && client->turned_away > 0)
		client->turned_away--;
	else
		clients->lost--;
}

static struct bytes
name_of(const struct clients *clients, const struct client *client)
{
	const char *name = clients->names + (size_t)slot_of(client) * SLOT;

	return (struct bytes){ name + 1, (size_t)*name };
}

uint64_t
clients_total(const struct clients *clients, const unsigned char *marks)
{
	const struct client *client;
	uint64_t total = clients->lost;
	size_t at = 0;

	while ((client = next_listed(clients, marks, &at)) != NULL)
		total += client->turned_away;
	return total;
}

size_t
clients_top(const struct clients *clients, const unsigned char *marks,
    size_t wanted, struct counted *top)
{
	const struct client *client;
	size_t at = 0, have = 0;

	while ((client = next_listed(clients, marks, &at)) != NULL)
		counted_insert(top, &have, wanted,
		    (struct counted){
			client->turned_away, name_of(clients, client) });
	return have;
}

void
clients_count_networks(const struct clients *clients,
    const unsigned char *marks, struct counts *networks)
{
	const struct client *client;
	char text[NETWORK_TEXT_MAX];
	size_t at = 0;

	networks->total = networks->dropped = clients->lost;
	counts_expect(networks, clients->named);
	while ((client = next_listed(clients, marks, &at)) != NULL)
		counts_add(networks, network_of(name_of(clients, client), text),
		    client->turned_away);
}
