/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <stdio.h>

#include "contract.h"

#define NOTHING ((struct bytes){ NULL, 0 })

/* An absent value, as a text that is none. */
#define SHOWN(bytes) ((bytes).data == NULL ? LITERAL("-") : (bytes))
#define CHECK_SHOWN(have, want) CHECK_BYTES(SHOWN(have), bytes_of(want))

static void
keep(const struct bytes *value, struct bytes *kept, char *buffer)
{
	*kept = NOTHING;
	if (value == NULL)
		return;
	memcpy(buffer, value->data, value->len);
	*kept = (struct bytes){ buffer, value->len };
}

static void
want(struct store_value *next, struct bytes value)
{
	next->lives = 3600;
	next->len = value.len;
	if (value.len > 0)
		memcpy(next->data, value.data, value.len);
}

static bool
on_client(void *argument, const struct bytes *value, struct store_value *next)
{
	struct contract_check *check = argument;

	check->client_shown = true;
	keep(value, &check->client, check->client_buffer);
	want(next, check->next_client);
	return check->decides;
}

static void
on_triplet(void *argument, const struct bytes *value,
    struct store_value *next_triplet, struct store_value *next_client)
{
	struct contract_check *check = argument;

	check->triplet_shown = true;
	keep(value, &check->triplet, check->triplet_buffer);
	want(next_triplet, check->next_triplet);
	next_triplet->spare = check->spare;
	if (check->then_client.data != NULL)
		want(next_client, check->then_client);
}

void
contract_check(struct contract_check *check, const char *client,
    const char *triplet, const char *fresh)
{
	memset(check, 0, sizeof(*check));
	check->check.client = client == NULL ? NOTHING : bytes_of(client);
	check->check.triplet = bytes_of(triplet);
	check->check.fresh = bytes_of(fresh);
	check->check.fresh_lives = 3600;
	check->check.argument = check;
	check->check.on_client = on_client;
	check->check.on_triplet = on_triplet;
	check->next_triplet = bytes_of(fresh);
}

#define NETWORK "192.0.2.0/a@example.com/b@example.org"
#define CLIENT "192.0.2.9"

static void
fresh(void)
{
	struct store *store = contract_empty();
	struct contract_check check;

	contract_check(&check, CLIENT, NETWORK, "10,10,9");
	CHECK_DONE(store, store_check(store, &check.check));
	CHECK(check.client_shown && check.triplet_shown);
	CHECK_SHOWN(check.client, "-");
	CHECK_SHOWN(check.triplet, "-");
	CHECK_SHOWN(contract_value(store, STORE_TRIPLETS, bytes_of(NETWORK)),
	    "10,10,9");
	CHECK_SHOWN(
	    contract_value(store, STORE_CLIENTS, bytes_of(CLIENT)), "-");
	store_close(store);
}

static void
known(void)
{
	struct store *store = contract_empty();
	struct contract_check check;

	contract_put(
	    store, STORE_TRIPLETS, bytes_of(NETWORK), LITERAL("10,10,9"));
	contract_put(store, STORE_CLIENTS, bytes_of(CLIENT), LITERAL("3,7"));
	contract_check(&check, CLIENT, NETWORK, "500,500,9");
	check.next_triplet = LITERAL("10,500,9");
	check.then_client = LITERAL("4,500");
	CHECK_DONE(store, store_check(store, &check.check));
	CHECK_SHOWN(check.client, "3,7");
	CHECK_SHOWN(check.triplet, "10,10,9");
	CHECK_SHOWN(contract_value(store, STORE_TRIPLETS, bytes_of(NETWORK)),
	    "10,500,9");
	CHECK_SHOWN(
	    contract_value(store, STORE_CLIENTS, bytes_of(CLIENT)), "4,500");
	store_close(store);
}

static void
decided(void)
{
	struct store *store = contract_empty();
	struct contract_check check;

	contract_put(
	    store, STORE_TRIPLETS, bytes_of(NETWORK), LITERAL("10,10,9"));
	contract_put(store, STORE_CLIENTS, bytes_of(CLIENT), LITERAL("5,7"));
	contract_check(&check, CLIENT, NETWORK, "500,500,9");
	check.decides = true;
	check.next_client = LITERAL("6,500");
	CHECK_DONE(store, store_check(store, &check.check));
	CHECK(check.client_shown && !check.triplet_shown);
	CHECK_SHOWN(contract_value(store, STORE_TRIPLETS, bytes_of(NETWORK)),
	    "10,10,9");
	CHECK_SHOWN(
	    contract_value(store, STORE_CLIENTS, bytes_of(CLIENT)), "6,500");
	store_close(store);
}

static void
without_client(void)
{
	struct store *store = contract_empty();
	struct contract_check check;

	contract_put(store, STORE_CLIENTS, bytes_of(CLIENT), LITERAL("5,7"));
	contract_check(&check, NULL, NETWORK, "500,500,9");
	CHECK_DONE(store, store_check(store, &check.check));
	CHECK(!check.client_shown && check.triplet_shown);
	CHECK_SHOWN(check.triplet, "-");
	store_close(store);
}

/* Not what was put first, but what the callback wants then. */
static void
not_as_fresh(void)
{
	struct store *store = contract_empty();
	struct contract_check check;

	contract_check(&check, CLIENT, NETWORK, "10,10,9");
	check.next_triplet = LITERAL("10,10");
	check.then_client = LITERAL("1,10");
	CHECK_DONE(store, store_check(store, &check.check));
	CHECK_SHOWN(check.triplet, "-");
	CHECK_SHOWN(
	    contract_value(store, STORE_TRIPLETS, bytes_of(NETWORK)), "10,10");
	CHECK_SHOWN(
	    contract_value(store, STORE_CLIENTS, bytes_of(CLIENT)), "1,10");
	store_close(store);
}

/* What is spare is stored, or what was there stays. */
static void
spare(void)
{
	struct store *store = contract_empty();
	struct contract_check check;
	struct bytes value;

	contract_put(
	    store, STORE_TRIPLETS, bytes_of(NETWORK), LITERAL("10,10,9"));
	contract_check(&check, CLIENT, NETWORK, "50,50,9");
	check.next_triplet = LITERAL("10,50,9");
	check.spare = true;
	CHECK_DONE(store, store_check(store, &check.check));
	value = contract_value(store, STORE_TRIPLETS, bytes_of(NETWORK));
	if (!bytes_equal(value, LITERAL("10,10,9")))
		CHECK_SHOWN(value, "10,50,9");
	store_close(store);
}

static void
foreseen(void)
{
	struct store *store = contract_empty();
	struct contract_check check;

	contract_check(&check, CLIENT, NETWORK, "10,10,9");
	check.then_client = LITERAL("1,10");
	CHECK_DONE(store, store_foresee(store, &check.check));
	CHECK(check.client_shown && check.triplet_shown);
	CHECK_SHOWN(
	    contract_value(store, STORE_TRIPLETS, bytes_of(NETWORK)), "-");
	CHECK_SHOWN(
	    contract_value(store, STORE_CLIENTS, bytes_of(CLIENT)), "-");
	contract_put(
	    store, STORE_TRIPLETS, bytes_of(NETWORK), LITERAL("10,10,9"));
	contract_check(&check, CLIENT, NETWORK, "50,50,9");
	CHECK_DONE(store, store_foresee(store, &check.check));
	CHECK_SHOWN(check.triplet, "10,10,9");
	store_close(store);
}

static void
only_read(void)
{
	struct store *store = contract_empty();
	struct contract_check check;

	contract_put(store, STORE_CLIENTS, bytes_of(CLIENT), LITERAL("3,7"));
	store_close(store);
	store = contract_open_read_only();
	contract_check(&check, CLIENT, NETWORK, "10,10,9");
	check.next_client = LITERAL("9,9");
	CHECK_DONE(store, store_check(store, &check.check));
	CHECK_SHOWN(check.client, contract_is_kept() ? "3,7" : "-");
	CHECK(check.triplet_shown);
	CHECK_SHOWN(
	    contract_value(store, STORE_TRIPLETS, bytes_of(NETWORK)), "-");
	CHECK_SHOWN(contract_value(store, STORE_CLIENTS, bytes_of(CLIENT)),
	    contract_is_kept() ? "3,7" : "-");
	store_close(store);
}

/* Some that are begun, and are done in any order. */
enum { BEGUN = 200 };

struct begun {
	struct store_pending pending;
	struct contract_check check;
	char key[64];
	int done;
	enum store_result result;
};

static struct begun begun[BEGUN];

static void
end(struct store_pending *pending, enum store_result result)
{
	struct begun *one = (struct begun *)pending;

	one->done++;
	one->result = result;
}

static size_t
count_done(void)
{
	size_t count = 0;

	for (size_t i = 0; i < BEGUN; i++)
		count += begun[i].done > 0;
	return count;
}

static void
turn_until_done(struct store *store)
{
	struct pollfd input = { .events = POLLIN };

	for (int turns = 0; turns < 100000 && count_done() < BEGUN; turns++) {
		store_turn(store);
		if (count_done() == BEGUN)
			break;
		input.fd = store_descriptor(store);
		(void)poll(&input, 1, store_patience(store));
	}
}

/* Of each key there are two: who comes second sees what the first has put. */
static void
many(void)
{
	struct store *store = contract_empty();

	for (size_t i = 0; i < BEGUN; i++) {
		struct begun *one = &begun[i];

		memset(one, 0, sizeof(*one));
		snprintf(one->key, sizeof(one->key),
		    "192.0.2.0/%zu@example.com/b@example.org", i % (BEGUN / 2));
		contract_check(&one->check, CLIENT, one->key, "10,10,9");
		one->pending.check = one->check.check;
		one->pending.foresee = i % 10 == 9;
		one->pending.done = end;
		store_begin(store, &one->pending);
	}
	CHECK_NUMBER(count_done(), 0);
	turn_until_done(store);
	CHECK_NUMBER(store_patience(store), -1);
	for (size_t i = 0; i < BEGUN; i++) {
		const struct begun *one = &begun[i];

		unit_about(one->key);
		CHECK_NUMBER(one->done, 1);
		CHECK_NUMBER(one->result, STORE_OK);
		CHECK_SHOWN(one->check.triplet,
		    i < BEGUN / 2 || one->pending.foresee ? "-" : "10,10,9");
		CHECK_SHOWN(
		    contract_value(store, STORE_TRIPLETS, bytes_of(one->key)),
		    one->pending.foresee ? "-" : "10,10,9");
	}
	store_close(store);
}

const struct unit_test contract_checks[] = {
	{ "a triplet that is not there is stored as fresh", fresh },
	{ "what is there is shown, and what the check wants is stored", known },
	{ "a client that decides leaves the triplet as it is", decided },
	{ "without a client's key only the triplet is looked at",
	    without_client },
	{ "a new triplet may be stored other than fresh, with its client",
	    not_as_fresh },
	{ "what is spare may be left out, and nothing else is stored", spare },
	{ "what is only foreseen stores nothing", foreseen },
	{ "a store that is only read shows what is there, and stays so",
	    only_read },
	{ "checks that are begun are all done, once, and see those before them",
	    many },
	{ NULL, NULL }
};
