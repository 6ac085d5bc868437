/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "common/copied.h"
#include "common/defaults.h"
#include "common/text.h"
#include "made.h"

/* A clock may be wrong, but hardly by a year. */
enum { FAR_DAYS = 366, SHOWN_MAX = 100 };

static const char *__attribute__((format(printf, 1, 2)))
refuse(const char *format, ...)
{
	static char problem[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(problem, sizeof(problem), format, arguments);
	va_end(arguments);
	return problem;
}

/* For "%.*s": the two arguments of what is shown of a text. */
#define SHOWN(text) \
	(int)((text).len < SHOWN_MAX ? (text).len : SHOWN_MAX), (text).data

bool
made_is_hidden(struct bytes key)
{
	if (key.len != 40)
		return false;
	for (size_t i = 0; i < key.len; i++) {
		if (text_hex_value(key.data[i]) == -1)
			return false;
	}
	return true;
}

bool
made_is_far(const struct making *making, int64_t time)
{
	return time > making->now + (int64_t)FAR_DAYS * SECONDS_A_DAY;
}

static const char *
check_last(const struct making *making, int64_t last)
{
	const time_t seconds = (time_t)last;
	struct tm utc;

	if (!made_is_far(making, last) || gmtime_r(&seconds, &utc) == NULL)
		return NULL;
	return refuse("has the time %" PRId64 ", in the year %ld: times are in "
		      "seconds, not milliseconds",
	    last, utc.tm_year + 1900L);
}

/* The address may have its last bits set, or not. */
static const char *
read_network(
    const struct making *making, struct bytes text, struct address *client)
{
	const struct key_settings *keys = &making->keys;
	struct bytes name;
	unsigned prefix, wanted;
	const char *problem;

	if (copied_client(text, &name, client))
		return NULL;
	problem = address_parse_network(text, client, &prefix);
	if (problem != NULL || memchr(text.data, '/', text.len) == NULL)
		return refuse("has the network \"%.*s\": %s", SHOWN(text),
		    problem == NULL ? "it is not a whole address" : problem);
	wanted = key_prefix(keys, client);
	if (prefix == wanted)
		return NULL;
	if (prefix == ADDRESS_BITS)
		return refuse("has the network \"%.*s\", as --lookup-by-host "
			      "stores it, which is not given",
		    SHOWN(text));
	if (keys->by_host)
		return refuse("has the network \"%.*s\", but with "
			      "--lookup-by-host it needs a client's address",
		    SHOWN(text));
	return refuse("has the network \"%.*s\", but networks are of --%s=%u: "
		      "give a client's address, or the option that grey-check "
		      "has",
	    SHOWN(text), address_is_ipv4(client) ? "ipv4cidr" : "ipv6cidr",
	    address_is_ipv4(client) ? wanted - ADDRESS_IPV4_PREFIX : wanted);
}

static const char *
read_mailbox(const char *what, struct bytes text, struct bytes *mailbox)
{
	const char *problem = copied_mailbox(text, mailbox);

	if (problem == NULL && mailbox->len > KEY_ADDRESS_MAX)
		problem = "is too long";
	return problem == NULL ?
	    NULL :
	    refuse("has the %s \"%.*s\", which %s", what, SHOWN(text), problem);
}

static const char *
check_times(const struct making *making, int64_t first, int64_t last)
{
	if (first > last)
		return refuse("has a first time, %" PRId64
			      ", that is after its last, %" PRId64,
		    first, last);
	return check_last(making, last);
}

const char *
made_triplet(const struct making *making, const struct bytes pieces[3],
    int64_t first, int64_t last, struct bytes host, struct item *item)
{
	char text[KEY_MAX], own_host[ADDRESS_TEXT_MAX];
	struct address client, network;
	struct bytes key, sender, recipient;
	const char *problem = read_network(making, pieces[0], &client);

	if (problem == NULL)
		problem = read_mailbox("sender", pieces[1], &sender);
	if (problem == NULL)
		problem = read_mailbox("recipient", pieces[2], &recipient);
	if (problem == NULL)
		problem = check_times(making, first, last);
	if (problem != NULL)
		return problem;
	network = client;
	address_cut(&network, key_prefix(&making->keys, &client));
	if (host.len == 0 && memcmp(&network, &client, sizeof(client)) != 0)
		host = (struct bytes){ own_host,
			key_host(&making->keys, &client, own_host) };
	key = (struct bytes){ text,
		key_triplet(&making->keys, &client, sender, recipient, text) };
	problem = item_from_triplet(&key, 1, first, last, host, item);
	item->verbatim = false;
	return problem;
}

static void
lower_key(struct item *item)
{
	for (size_t i = 0; i < item->key_len; i++)
		item->key[i] = bytes_lower(item->key[i]);
}

const char *
made_from_key(const struct making *making, struct bytes key, int64_t first,
    int64_t last, struct bytes host, struct item *item)
{
	struct key_parts parts;
	const char *problem;

	if (key_split(&making->keys, key, &parts)) {
		const struct bytes pieces[] = { parts.network, parts.sender,
			parts.recipient };

		return made_triplet(making, pieces, first, last, host, item);
	}
	if (!made_is_hidden(key))
		return refuse("has the key \"%.*s\", which is neither "
			      "network/sender/recipient nor a SHA-1 sum",
		    SHOWN(key));
	problem = check_times(making, first, last);
	if (problem == NULL)
		problem = item_from_triplet(&key, 1, first, last, host, item);
	if (problem == NULL)
		lower_key(item);
	item->verbatim = false;
	return problem;
}

const char *
made_client(const struct making *making, struct bytes client, int64_t count,
    int64_t last, struct item *item)
{
	char text[KEY_MAX];
	struct address address;
	struct bytes name, key = client;
	const char *problem = check_last(making, last);
	unsigned prefix;

	if (problem != NULL)
		return problem;
	if (copied_client(client, &name, &address))
		key = (struct bytes){ text,
			key_client(&making->keys, &address, text) };
	else if (address_parse_network(client, &address, &prefix) == NULL)
		return refuse("has the client \"%.*s\", a network; the "
			      "auto-whitelist is of single addresses",
		    SHOWN(client));
	else if (!made_is_hidden(client))
		return refuse(
		    "has the client \"%.*s\", which is not an address",
		    SHOWN(client));
	problem = item_from_client(key, count, last, item);
	if (made_is_hidden(key))
		lower_key(item);
	item->verbatim = false;
	return problem;
}
