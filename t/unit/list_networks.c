/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Networks in networks, looked up at all of their edges and held against a
 * search through all of them. What is random is so each time in the same way.
 */
#include <stdio.h>

#include "list_made.h"

enum { NETWORKS_MAX = 400 };

struct network {
	struct address first;
	unsigned prefix;
};

static struct network networks[NETWORKS_MAX];
static size_t count;

static uint32_t
random_below(uint32_t limit)
{
	static uint32_t state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % limit;
}

static void
add(const struct address *address, unsigned prefix)
{
	networks[count].first = *address;
	networks[count].prefix = prefix;
	address_cut(&networks[count++].first, prefix);
}

/* The line of the smallest network that has the address; 0: none has. */
static unsigned
line_of(const struct address *address)
{
	size_t best = count;

	for (size_t i = 0; i < count; i++) {
		struct address cut = *address;

		address_cut(&cut, networks[i].prefix);
		if (memcmp(&cut, &networks[i].first, sizeof(cut)) == 0 &&
		    (best == count ||
			networks[i].prefix > networks[best].prefix))
			best = i;
	}
	return best == count ? 0 : (unsigned)best + 1;
}

static struct list *
make_list(void)
{
	static struct complaints complaints;
	static char text[64 * NETWORKS_MAX];
	struct list *list;
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		const uint8_t *octets = networks[i].first.octets;

		for (size_t j = 0; j < 16; j += 2)
			used += (size_t)snprintf(text + used,
			    sizeof(text) - used, "%s%x", j == 0 ? "" : ":",
			    octets[j] << 8 | octets[j + 1]);
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "/%u\n", networks[i].prefix);
	}
	list = list_of(LIST_CLIENTS, (struct bytes){ text, used }, &complaints);
	CHECK_TEXT(complaints.ignored, "");
	return list;
}

/* The address so many (1 or -1) beside it; beyond the last is the first. */
static struct address
beside(struct address address, int step)
{
	for (size_t i = 16; i-- > 0;) {
		address.octets[i] = (uint8_t)(address.octets[i] + step);
		if (address.octets[i] != (step > 0 ? 0 : 0xff))
			break;
	}
	return address;
}

static struct address
last_of(const struct network *network)
{
	struct address last = network->first;

	for (unsigned bit = network->prefix; bit < ADDRESS_BITS; bit++)
		last.octets[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return last;
}

static void
check_address(const struct list *list, const struct address *address)
{
	const struct list_subject subject = { .client_name = bytes_of("x"),
		.client = *address };
	struct list_match match = { .delay = LIST_PASSES };

	CHECK_NUMBER(list_find(list, &subject, &match), line_of(address) != 0);
	CHECK_NUMBER(match.line, line_of(address));
}

static void
check_edges(void)
{
	struct list *list = make_list();
	char about[32];

	for (size_t i = 0; i < count; i++) {
		struct address first = networks[i].first;
		struct address last = last_of(&networks[i]);
		struct address before = beside(first, -1);
		struct address behind = beside(last, 1);

		snprintf(about, sizeof(about), "network %zu", i + 1);
		unit_about(about);
		check_address(list, &before);
		check_address(list, &first);
		check_address(list, &last);
		check_address(list, &behind);
	}
	unit_about(NULL);
	list_free(list);
}

static void
one_each(void)
{
	struct address address;

	for (unsigned prefix = 0; prefix <= ADDRESS_BITS; prefix++) {
		for (unsigned bits = 0; bits < 3; bits++) {
			memset(&address, bits == 0 ? 0 : 0xff, sizeof(address));
			if (bits == 2)
				address.octets[8] = 0x5a;
			count = 0;
			add(&address, prefix);
			check_edges();
		}
	}
}

/* All networks of one address, the largest first and last. */
static void
nested(void)
{
	static const uint8_t fill[] = { 0, 0xff, 0xa5 };
	struct address address;

	for (size_t i = 0; i < 2 * ROWS(fill); i++) {
		memset(&address, fill[i / 2], sizeof(address));
		count = 0;
		for (unsigned prefix = 0; prefix <= ADDRESS_BITS; prefix++)
			add(&address,
			    i % 2 == 0 ? prefix : ADDRESS_BITS - prefix);
		check_edges();
	}
}

/* The one added last. */
static bool
is_twice(void)
{
	const struct network *last = &networks[count - 1];

	for (const struct network *other = networks; other < last; other++) {
		if (other->prefix == last->prefix &&
		    memcmp(&other->first, &last->first, sizeof(last->first)) ==
			0)
			return true;
	}
	return false;
}

/* Close together, so that they touch and hold one another. */
static void
scattered(void)
{
	struct address address;

	for (unsigned round = 0; round < 20; round++) {
		CHECK(address_parse(
		    bytes_of(round % 2 == 0 ? "192.0.2.0" : "2001:db8::"),
		    &address));
		count = 0;
		for (size_t i = 0; i < NETWORKS_MAX; i++) {
			unsigned around = random_below(2) == 0 ?
			    ADDRESS_BITS - 8 :
			    random_below(ADDRESS_BITS - 8);
			unsigned bit = around + random_below(8);

			add(&address, around + random_below(9));
			if (is_twice())
				count--;
			address.octets[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		}
		check_edges();
	}
}

const struct unit_test unit_list_networks[] = {
	{ "list: a network of any size has its first and last, no other",
	    one_each },
	{ "list: of networks in one another the smallest is found", nested },
	{ "list: of many networks the smallest is found, at all their edges",
	    scattered },
	{ NULL, NULL }
};
