/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>

#include "pools.h"
#include "say.h"

enum { POOLS_SHOWN = 20 };

static int
compare_addresses(const struct address *a, const struct address *b)
{
	return memcmp(a->octets, b->octets, sizeof(a->octets));
}

static int
by_mail(const void *a, const void *b)
{
	const struct sighting *one = a, *other = b;
	int order;

	if (one->mail != other->mail)
		return one->mail < other->mail ? -1 : 1;
	order = compare_addresses(&one->close, &other->close);
	if (order != 0)
		return order;
	return one->first < other->first ? -1 : one->first > other->first;
}

static int
by_place(const void *a, const void *b)
{
	const struct sighting *one = a, *other = b;
	int order;

	if (one->counts != other->counts)
		return one->counts ? -1 : 1;
	order = compare_addresses(&one->close, &other->close);
	if (order == 0)
		order = strcmp(one->domain, other->domain);
	return order != 0 ? order :
			    compare_addresses(&one->network, &other->network);
}

static bool
is_same_pool(const struct sighting *a, const struct sighting *b)
{
	return a->counts == b->counts &&
	    compare_addresses(&a->close, &b->close) == 0 &&
	    strcmp(a->domain, b->domain) == 0;
}

static int
by_mails(const void *a, const void *b)
{
	const struct pool *one = a, *other = b;

	if (one->mails != other->mails)
		return one->mails > other->mails ? -1 : 1;
	return compare_addresses(&one->network, &other->network);
}

/* Of one mail and place, in the order of time: those that came soon after the
   one before them from another network, and that one. */
static bool
find_retries(struct sighting *sighting, size_t count, int64_t window)
{
	bool found = false;

	for (size_t i = 1; i < count; i++) {
		if (sighting[i].first - sighting[i - 1].first > window ||
		    compare_addresses(
			&sighting[i].network, &sighting[i - 1].network) == 0)
			continue;
		sighting[i - 1].counts = sighting[i].counts = true;
		if (!found)
			sighting[i - 1].is_first = true;
		found = true;
	}
	return found;
}

static void
find_mails(
    struct pools *pools, const struct sightings *sightings, int64_t window)
{
	struct sighting *kept = sightings->kept;
	size_t end, mail_end;

	for (size_t i = 0; i < sightings->count; i = mail_end) {
		bool found = false;

		for (mail_end = i; mail_end < sightings->count &&
		     kept[mail_end].mail == kept[i].mail;
		     mail_end = end) {
			end = mail_end + 1;
			while (end < sightings->count &&
			    kept[end].mail == kept[i].mail &&
			    compare_addresses(
				&kept[end].close, &kept[mail_end].close) == 0)
				end++;
			found |= find_retries(
			    kept + mail_end, end - mail_end, window);
		}
		pools->far_apart += !found &&
		    compare_addresses(
			&kept[i].close, &kept[mail_end - 1].close) != 0;
	}
}

static unsigned
common_prefix(const struct address *a, const struct address *b)
{
	unsigned bits = 0;

	while (bits < ADDRESS_BITS &&
	    ((a->octets[bits / 8] ^ b->octets[bits / 8]) >> (7 - bits % 8) &
		1) == 0)
		bits++;
	return bits;
}

/* All of one place, in the order of networks. */
static void
make_pool(struct pool *pool, const struct sighting *sighting, size_t count)
{
	const struct sighting *last = &sighting[count - 1];

	*pool = (struct pool){ .network = sighting->network,
		.domain = sighting->domain };
	pool->prefix = common_prefix(&sighting->network, &last->network);
	for (size_t i = 0; i < count; i++) {
		pool->networks += i == 0 ||
		    compare_addresses(
			&sighting[i].network, &sighting[i - 1].network) != 0;
		pool->mails += sighting[i].is_first;
		pool->passed += sighting[i].passed;
		if (sighting[i].prefix < pool->prefix)
			pool->prefix = sighting[i].prefix;
	}
	address_cut(&pool->network, pool->prefix);
}

void
pools_free(struct pools *pools)
{
	free(pools->pool);
}

bool
pools_find(
    struct pools *pools, const struct sightings *sightings, int64_t window)
{
	struct sighting *kept = sightings->kept;
	size_t end;

	if (sightings->count == 0)
		return true;
	qsort(kept, sightings->count, sizeof(*kept), by_mail);
	find_mails(pools, sightings, window);
	qsort(kept, sightings->count, sizeof(*kept), by_place);
	pools->pool = calloc(sightings->count, sizeof(*pools->pool));
	if (pools->pool == NULL)
		return false;
	for (size_t i = 0; i < sightings->count && kept[i].counts; i = end) {
		end = i + 1;
		while (end < sightings->count &&
		    is_same_pool(&kept[end], &kept[i]))
			end++;
		make_pool(&pools->pool[pools->pool_count++], kept + i, end - i);
	}
	qsort(pools->pool, pools->pool_count, sizeof(*pools->pool), by_mails);
	return true;
}

/* As a list of clients has it: "192.0.2.0/23", "2001:db8::/40". */
static void
say_entry(const struct pool *pool)
{
	bool ipv4 = address_is_ipv4(&pool->network);
	char text[INET6_ADDRSTRLEN];

	inet_ntop(ipv4 ? AF_INET : AF_INET6,
	    pool->network.octets + (ipv4 ? 12 : 0), text, sizeof(text));
	say("%s/%u", text, pool->prefix - (ipv4 ? ADDRESS_IPV4_PREFIX : 0));
}

static size_t
shown(const struct pools *pools)
{
	return pools->pool_count < POOLS_SHOWN ? pools->pool_count :
						 POOLS_SHOWN;
}

void
pools_say(const struct pools *pools, int64_t dropped)
{
	if (pools->pool_count > 0)
		say("\nThe same mail came from several networks that lie "
		    "close together. If the names\nof these addresses are a "
		    "large sender's, entries for whitelist_clients.local\n"
		    "would be (the domain is what the sender says, which "
		    "anybody can):\n");
	for (size_t i = 0; i < shown(pools); i++) {
		const struct pool *pool = &pools->pool[i];

		say_entry(pool);
		say(" # %" PRId64 " mail%s, %" PRId64 " networks, %" PRId64
		    " passed: %s\n",
		    pool->mails, say_s(pool->mails), pool->networks,
		    pool->passed, pool->domain);
	}
	if (pools->pool_count > POOLS_SHOWN)
		say("# and %zu others\n", pools->pool_count - POOLS_SHOWN);
	if (pools->far_apart > 0)
		say("\n%" PRId64
		    " mail%s came from networks far apart, as from "
		    "hosts that are not\none sender's.\n",
		    pools->far_apart, say_s(pools->far_apart));
	if (dropped > 0)
		say("%" PRId64 " triplet%s of mail from several networks, the "
		    "last in the order of keys,\nwere not looked at: too "
		    "many.\n",
		    dropped, say_s(dropped));
}

void
pools_json(const struct pools *pools, int64_t dropped)
{
	say(",\"pools\":[");
	for (size_t i = 0; i < pools->pool_count; i++) {
		const struct pool *pool = &pools->pool[i];

		say("%s{\"entry\":\"", say_comma(i));
		say_entry(pool);
		say("\",\"mails\":%" PRId64 ",\"networks\":%" PRId64
		    ",\"passed\":%" PRId64 ",\"domain\":\"%s\"}",
		    pool->mails, pool->networks, pool->passed, pool->domain);
	}
	say("],\"far_apart\":%" PRId64 ",\"not_looked_at\":%" PRId64,
	    pools->far_apart, dropped);
}
