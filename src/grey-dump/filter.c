/* SPDX-License-Identifier: BSD-2-Clause */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/copied.h"
#include "common/when.h"
#include "filter.h"

/* At most this many ranges of keys are read one by one. */
enum { RANGES_MAX = 256 };

static bool
init_client(struct filter *filter, struct opt_problem *problem)
{
	const struct settings *settings = filter->settings;
	struct bytes name;
	const char *reason;
	unsigned in_keys;

	if (settings->client == NULL)
		return true;
	reason = address_parse_network(
	    bytes_of(settings->client), &filter->network, &filter->prefix);
	if (reason != NULL &&
	    copied_client(bytes_of(settings->client), &name, &filter->network))
		filter->prefix = ADDRESS_BITS;
	else if (reason != NULL)
		return opt_refuse(
		    problem, "--client=%s: %s", settings->client, reason);
	address_cut(&filter->network, filter->prefix);
	in_keys = settings->clients ?
	    ADDRESS_BITS :
	    address_is_ipv4(&filter->network) ?
	    ADDRESS_IPV4_PREFIX + settings->keys.ipv4_prefix :
	    settings->keys.ipv6_prefix;
	filter->key_prefix = filter->prefix < in_keys ? filter->prefix :
							in_keys;
	filter->by_client = true;
	return true;
}

/* <a@b>, as a log has it, and what the key makes of a sender. */
static void
init_pattern(struct filter_pattern *pattern, const char *glob,
    const struct key_settings *folding, struct bytes recipient)
{
	struct bytes mailbox;
	size_t len;

	pattern->glob = glob;
	if (glob == NULL || copied_mailbox(bytes_of(glob), &mailbox) != NULL ||
	    mailbox.len > KEY_ADDRESS_MAX)
		return;
	len = mailbox.len;
	if (folding != NULL && strpbrk(glob, "*?[") == NULL)
		len = key_fold_sender(
		    folding, mailbox, recipient, pattern->stored);
	else
		memcpy(pattern->stored, mailbox.data, len);
	pattern->stored[len] = '\0';
	pattern->has_stored = strcmp(pattern->stored, glob) != 0;
}

static struct bytes
as_stored(const struct filter_pattern *pattern)
{
	const char *text = pattern->has_stored ? pattern->stored :
						 pattern->glob;

	return bytes_of(text == NULL ? "" : text);
}

bool
filter_init(struct filter *filter, const struct settings *settings,
    struct opt_problem *problem)
{
	const char *name = settings->sender != NULL ? "sender" : "recipient";
	const char *glob = settings->sender != NULL ? settings->sender :
						      settings->recipient;

	*filter = (struct filter){
		.settings = settings, .since = INT64_MIN, .until = INT64_MAX
	};
	if (settings->clients && glob != NULL)
		return opt_refuse(problem,
		    "--%s=%s: the auto-whitelist has no %ss", name, glob, name);
	init_pattern(
	    &filter->recipient, settings->recipient, NULL, (struct bytes){ 0 });
	init_pattern(&filter->sender, settings->sender, &settings->keys,
	    as_stored(&filter->recipient));
	return init_client(filter, problem) &&
	    when_option("since", settings->since, settings->now, &filter->since,
		problem) &&
	    when_option("until", settings->until, settings->now, &filter->until,
		problem);
}

static bool
asks_for_value(const struct filter *filter)
{
	return filter->settings->state != 0 || filter->since != INT64_MIN ||
	    filter->until != INT64_MAX;
}

bool
filter_is_open(const struct filter *filter)
{
	return !filter->by_client && filter->settings->sender == NULL &&
	    filter->settings->recipient == NULL && !asks_for_value(filter);
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

static bool
takes_text(const struct filter_pattern *pattern, struct bytes text)
{
	const int flags = FNM_CASEFOLD | FNM_NOESCAPE;
	char copy[KEY_MAX + 1];

	if (pattern->glob == NULL)
		return true;
	if (text.len > KEY_MAX || memchr(text.data, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return fnmatch(pattern->glob, copy, flags) == 0 ||
	    (pattern->has_stored && fnmatch(pattern->stored, copy, flags) == 0);
}

bool
filter_takes(const struct filter *filter, const struct row *row)
{
	const struct settings *settings = filter->settings;
	bool by_text = settings->sender != NULL || settings->recipient != NULL;

	if (filter->by_client && !takes_client(filter, row))
		return false;
	if (by_text &&
	    (!row->split || !takes_text(&filter->sender, row->parts.sender) ||
		!takes_text(&filter->recipient, row->parts.recipient)))
		return false;
	if (!asks_for_value(filter))
		return true;
	return row->decoded && row_last(row) >= filter->since &&
	    row_last(row) <= filter->until &&
	    (settings->state == 0 || (int)row->state == settings->state - 1);
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
		char text[ADDRESS_TEXT_MAX + 1];
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

/* Adds the first parts of the network, as keys have it: "192.0.2.16/...". */
static void
add_range(const struct filter *filter, struct ranges *ranges,
    const struct address *network, unsigned parts)
{
	struct range *range = &ranges->range[ranges->count++];
	bool triplets = filter->settings->table == STORE_TRIPLETS;
	size_t len = address_text(network, range->text), end = 0;

	for (; parts > 0 && end < len; end++) {
		char c = range->text[end];

		parts -= c == '.' || c == ':';
		range->text[end] = triplets ? bytes_lower(c) : c;
	}
	if (parts > 0 && triplets)
		range->text[end++] = '/';
	range->len = end;
}

/*
 * A part of the network of which only some bits are given stands for many
 * ranges; if they would be too many, there is a single one, of the whole parts.
 */
static void
make_ranges(const struct filter *filter, struct ranges *ranges)
{
	bool ipv4 = address_is_ipv4(&filter->network);
	unsigned bits = ipv4 ? 8 : 16;
	unsigned prefix = filter->key_prefix - (ipv4 ? ADDRESS_IPV4_PREFIX : 0);
	unsigned whole = prefix / bits, left = prefix % bits;
	unsigned last = ipv4 ? 12 + whole : 2 * whole + 1; /* of the octets */
	struct address network = filter->network, one;

	address_cut(&network, filter->key_prefix);
	ranges->count = 0;
	if (left == 0 || 1u << (bits - left) > RANGES_MAX) {
		add_range(filter, ranges, &network, whole);
		return;
	}
	for (unsigned i = 0; i < 1u << (bits - left); i++) {
		one = network;
		one.octets[last] |= (uint8_t)i;
		one.octets[last - 1] |= (uint8_t)(i >> 8);
		add_range(filter, ranges, &one, whole + 1);
	}
	qsort(ranges->range, ranges->count, sizeof(ranges->range[0]), by_text);
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
