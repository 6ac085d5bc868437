/* SPDX-License-Identifier: BSD-2-Clause */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/when.h"
#include "filter.h"

/* At most this many ranges of keys are read one by one. */
enum { RANGES_MAX = 256 };

static bool
init_client(struct filter *filter, const struct settings *settings,
    struct opt_problem *problem)
{
	const char *reason;
	unsigned in_keys;

	if (settings->client == NULL)
		return true;
	reason = address_parse_network(
	    bytes_of(settings->client), &filter->network, &filter->prefix);
	if (reason != NULL)
		return opt_refuse(
		    problem, "--client=%s: %s", settings->client, reason);
	address_cut(&filter->network, filter->prefix);
	in_keys = filter->table == STORE_CLIENTS ?
	    ADDRESS_BITS :
	    address_is_ipv4(&filter->network) ?
	    ADDRESS_IPV4_PREFIX + (unsigned)settings->key.ipv4_prefix :
	    (unsigned)settings->key.ipv6_prefix;
	filter->key_prefix = filter->prefix < in_keys ? filter->prefix :
							in_keys;
	filter->by_client = true;
	return true;
}

bool
filter_init(struct filter *filter, const struct settings *settings, int64_t now,
    struct opt_problem *problem)
{
	*filter = (struct filter){ .table = settings->table,
		.sender = settings->sender,
		.recipient = settings->recipient,
		.state = settings->state - 1,
		.since = INT64_MIN,
		.until = INT64_MAX };
	if (settings->table == STORE_CLIENTS && filter->sender != NULL)
		return opt_refuse(problem,
		    "--sender=%s: the auto-whitelist has no senders",
		    filter->sender);
	if (settings->table == STORE_CLIENTS && filter->recipient != NULL)
		return opt_refuse(problem,
		    "--recipient=%s: the auto-whitelist has no recipients",
		    filter->recipient);
	return init_client(filter, settings, problem) &&
	    when_option(
		"since", settings->since, now, &filter->since, problem) &&
	    when_option("until", settings->until, now, &filter->until, problem);
}

static bool
asks_for_value(const struct filter *filter)
{
	return filter->state != -1 || filter->since != INT64_MIN ||
	    filter->until != INT64_MAX;
}

bool
filter_is_open(const struct filter *filter)
{
	return !filter->by_client && filter->sender == NULL &&
	    filter->recipient == NULL && !asks_for_value(filter);
}

static bool
takes_client(const struct filter *filter, const struct row *row)
{
	struct address mine = filter->network, network = row->address;
	unsigned prefix = filter->prefix;

	if (row->table == STORE_TRIPLETS) {
		if (!row->split)
			return false;
		network = row->parts.address;
		if (row->parts.prefix < prefix)
			prefix = row->parts.prefix;
	} else if (!row->has_address)
		return false;
	address_cut(&mine, prefix);
	address_cut(&network, prefix);
	return memcmp(&mine, &network, sizeof(mine)) == 0;
}

/* glob NULL takes anything. */
static bool
takes_text(const char *glob, struct bytes text)
{
	char copy[KEY_MAX + 1];

	if (glob == NULL)
		return true;
	if (text.len > KEY_MAX || memchr(text.data, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return fnmatch(glob, copy, FNM_CASEFOLD | FNM_NOESCAPE) == 0;
}

bool
filter_takes(const struct filter *filter, const struct row *row)
{
	bool by_text = filter->sender != NULL || filter->recipient != NULL;

	if (filter->by_client && !takes_client(filter, row))
		return false;
	if (by_text &&
	    (!row->split || !takes_text(filter->sender, row->parts.sender) ||
		!takes_text(filter->recipient, row->parts.recipient)))
		return false;
	if (!asks_for_value(filter))
		return true;
	return row->decoded && row_last(row) >= filter->since &&
	    row_last(row) <= filter->until &&
	    (filter->state == -1 || (int)row->state == filter->state);
}

/* How an address is written in keys: parts with as many bits each. */
struct notation {
	unsigned bits;
	unsigned parts;
	char separator;
	bool upper;
	struct address network;
	const char *end; /* what stands after the last part */
};

static struct notation
notation_of(const struct filter *filter)
{
	bool triplets = filter->table == STORE_TRIPLETS;
	bool ipv4 = address_is_ipv4(&filter->network);
	struct notation notation = { ipv4 ? 8 : 16, ipv4 ? 4 : 8,
		ipv4 ? '.' : ':', !triplets, filter->network,
		triplets ? "/" : "" };

	address_cut(&notation.network, filter->key_prefix);
	return notation;
}

static unsigned
part_of(const struct notation *notation, unsigned part)
{
	const uint8_t *octets = notation->network.octets;

	return notation->bits == 8 ?
	    octets[12 + part] :
	    (unsigned)octets[2 * part] << 8 | octets[2 * part + 1];
}

/* Appends a part and what follows it. */
static size_t
add_part(const struct notation *notation, unsigned part, unsigned value,
    char *text, size_t used)
{
	used += (size_t)(notation->bits == 8 ?
		sprintf(text + used, "%u", value) :
		notation->upper ? sprintf(text + used, "%X", value) :
				  sprintf(text + used, "%x", value));
	if (part + 1 < notation->parts)
		text[used++] = notation->separator;
	else
		used += (size_t)sprintf(text + used, "%s", notation->end);
	return used;
}

/* Does the network hold both IPv4 addresses and others? Both are looked at. */
static bool
is_mixed(const struct filter *filter)
{
	struct address ipv4;

	(void)address_parse(bytes_of("0.0.0.0"), &ipv4);
	address_cut(&ipv4, filter->prefix);
	return filter->prefix < ADDRESS_IPV4_PREFIX &&
	    memcmp(&ipv4, &filter->network, sizeof(ipv4)) == 0;
}

/* Texts that keys begin with, in the order of keys. */
struct ranges {
	size_t count;
	struct range {
		size_t len;
		char text[2 * ADDRESS_TEXT_MAX];
	} range[RANGES_MAX];
};

static int
by_text(const void *a, const void *b)
{
	const struct range *one = a, *other = b;

	return bytes_compare((struct bytes){ one->text, one->len },
	    (struct bytes){ other->text, other->len });
}

/* All keys that begin with "192.0.2.16" also begin with "192.0.2.1". */
static void
drop_repeats(struct ranges *ranges)
{
	size_t kept = 0;

	for (size_t i = 1; i < ranges->count; i++) {
		struct range *last = &ranges->range[kept];
		struct range *next = &ranges->range[i];

		if (!bytes_begin_with((struct bytes){ next->text, next->len },
			(struct bytes){ last->text, last->len }))
			ranges->range[++kept] = *next;
	}
	ranges->count = kept + 1;
}

/* If there would be too many, a single one, of the whole parts. */
static void
make_ranges(const struct filter *filter, struct ranges *ranges)
{
	struct notation notation = notation_of(filter);
	unsigned prefix = filter->key_prefix -
	    (notation.bits == 8 ? ADDRESS_IPV4_PREFIX : 0);
	unsigned whole = prefix / notation.bits, left = prefix % notation.bits;
	unsigned count = left == 0 ? 1 : 1u << (notation.bits - left);
	struct range first = { 0 };

	for (unsigned part = 0; part < whole; part++)
		first.len = add_part(&notation, part, part_of(&notation, part),
		    first.text, first.len);
	ranges->count = count > RANGES_MAX ? 1 : count;
	ranges->range[0] = first;
	if (left == 0 || count > RANGES_MAX)
		return;
	for (unsigned i = 0; i < count; i++) {
		ranges->range[i] = first;
		ranges->range[i].len = add_part(&notation, whole,
		    part_of(&notation, whole) + i, ranges->range[i].text,
		    first.len);
	}
	qsort(ranges->range, count, sizeof(first), by_text);
	drop_repeats(ranges);
}

bool
filter_each_range(const struct filter *filter,
    bool (*visit)(void *argument, struct bytes beginning), void *argument)
{
	static struct ranges ranges;

	if (!filter->by_client || is_mixed(filter))
		return visit(argument, bytes_of(""));
	make_ranges(filter, &ranges);
	for (size_t i = 0; i < ranges.count; i++) {
		if (!visit(argument,
			(struct bytes){
			    ranges.range[i].text, ranges.range[i].len }))
			return false;
	}
	return true;
}
