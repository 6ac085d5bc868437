/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of several programs, as rows for their tables (opt.h): names, units,
 * bounds and defaults are the same everywhere. `at` is the offset of the
 * structure that they fill in.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stddef.h>

#include "common/defaults.h"
#include "common/conf.h"
#include "key.h"
#include "policy.h"

/* const char * at the offset */
#define OPTIONS_STORE(at) \
	OPT_BOUNDED("store", 0, "STORE", GREY_STORE, OPT_TEXT, at, 0, 1, 0, \
	    "the greylist: a directory, or what grey-store(5) names"), \
	    OPT_BOUNDED( \
		"dbdir", 0, "STORE", NULL, OPT_TEXT, at, 0, 1, 0, NULL)

/* int64_t at the offset: bytes, 0: as many as are worth it */
#define OPTIONS_CACHE(at) \
	OPT_BOUNDED("cache", 0, "SIZE", NULL, OPT_SIZE, at, 1, 1 << 20, \
	    INT64_C(512) << 30, \
	    "Berkeley DB keeps so many bytes in memory (K, M, G)")

/* struct policy at the offset */
#define OPTIONS_POLICY(at) \
	OPT_BOUNDED("delay", 0, "TIME", DEFAULT_DELAY, OPT_DURATION, \
	    (at) + offsetof(struct policy, delay), 1, 0, SECONDS_100_YEARS, \
	    "greylist for TIME (bare: seconds)"), \
	    OPT_BOUNDED("max-age", 0, "TIME", DEFAULT_MAX_AGE, OPT_DURATION, \
		(at) + offsetof(struct policy, max_age), SECONDS_A_DAY, 1, \
		SECONDS_100_YEARS, \
		"forget what was not seen for TIME (bare: days)"), \
	    OPT_BOUNDED("retry-window", 0, "TIME", DEFAULT_RETRY_WINDOW, \
		OPT_DURATION, (at) + offsetof(struct policy, retry_window), \
		SECONDS_A_DAY, 0, SECONDS_100_YEARS, \
		"a first retry must come within TIME (bare: days)"), \
	    OPT_BOUNDED("auto-whitelist-clients", 0, "[N]", \
		DEFAULT_WHITELIST_COUNT, OPT_NUMBER, \
		(at) + offsetof(struct policy, whitelist_count), 0, 0, \
		1000000, "clients pass after N passed triplets; 0: never")

/* How clients become keys. */
struct key_options {
	int64_t ipv4_prefix;
	int64_t ipv6_prefix;
	bool by_host;
	bool privacy;
	int fold; /* 1: fully */
};

/* struct key_options at the offset */
#define OPTIONS_PREFIX(at) \
	OPT_BOUNDED("ipv4cidr", 0, "BITS", DEFAULT_IPV4_PREFIX, OPT_NUMBER, \
	    (at) + offsetof(struct key_options, ipv4_prefix), 0, 1, 32, \
	    "size of an IPv4 network"), \
	    OPT_BOUNDED("ipv6cidr", 0, "BITS", DEFAULT_IPV6_PREFIX, \
		OPT_NUMBER, (at) + offsetof(struct key_options, ipv6_prefix), \
		0, 1, 128, "size of an IPv6 network")

#define OPTIONS_FOLD(at) \
	OPT_ROW("fold-senders", 0, "postgrey|full", "postgrey", OPT_CHOICE, \
	    (at) + offsetof(struct key_options, fold), \
	    "which parts of a sender's address do not count")

#define OPTIONS_KEY(at) \
	OPT_ROW("lookup-by-subnet", 0, NULL, NULL, OPT_UNFLAG, \
	    (at) + offsetof(struct key_options, by_host), \
	    "a client counts as its network (as by default)"), \
	    OPT_SWITCH("lookup-by-host", 0, \
		(at) + offsetof(struct key_options, by_host), \
		"a client counts as its whole address"), \
	    OPTIONS_PREFIX(at), \
	    OPT_SWITCH("privacy", 0, \
		(at) + offsetof(struct key_options, privacy), \
		"store SHA-1 sums instead of addresses"), \
	    OPTIONS_FOLD(at)

static inline struct key_settings
options_key(const struct key_options *options)
{
	return (struct key_settings){ (unsigned)options->ipv4_prefix,
		(unsigned)options->ipv6_prefix, options->by_host,
		options->privacy, options->fold == 1 };
}

#endif
