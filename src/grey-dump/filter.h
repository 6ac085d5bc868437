/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which records are wanted. A client filter also says where in the order of
 * keys they lie, so that only that is read.
 */
#ifndef FILTER_H
#define FILTER_H

#include "row.h"

/* A pattern, and the same address as a key has it, if it is another. */
struct filter_pattern {
	const char *glob; /* NULL: none is asked for */
	bool has_stored;
	char stored[KEY_ADDRESS_MAX + 1];
};

struct filter {
	const struct settings *settings;
	struct filter_pattern sender;
	struct filter_pattern recipient;
	bool by_client;
	struct address network; /* cut to prefix bits of 128 */
	unsigned prefix;
	unsigned key_prefix; /* no more bits of it stand in keys */
	int64_t since;
	int64_t until;
};

/* False: *problem says what is wrong with an option. Keeps the settings. */
bool filter_init(
    struct filter *, const struct settings *, struct opt_problem *problem);

/* All records are wanted, whatever they hold. */
bool filter_is_open(const struct filter *);

/*
 * Clients match if their network and the one asked for have addresses in
 * common; senders and recipients as they are stored, in any case, or as they
 * would be. A record that can't be decoded matches no state and no time.
 */
bool filter_takes(const struct filter *, const struct row *);

/*
 * Calls visit with each beginning of keys that is to be looked at, the empty
 * one for all keys, until it returns false; then that is the result.
 */
bool filter_each_range(const struct filter *,
    bool (*visit)(void *argument, struct bytes beginning), void *argument);

#endif
