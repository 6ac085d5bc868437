/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of triplets, taken apart again. */
#include "greylist/key.h"
#include "unit.h"

static const struct key_settings plain = { .ipv4_prefix = 24,
	.ipv6_prefix = 64 };

struct split_row {
	const char *key;
	const char *network;
	unsigned prefix;
	const char *sender;
	const char *recipient;
};

static void
check_splits(const struct split_row *rows, size_t count)
{
	struct key_parts parts;

	for (size_t i = 0; i < count; i++) {
		unit_about(rows[i].key);
		if (!CHECK(key_split(&plain, bytes_of(rows[i].key), &parts)))
			continue;
		CHECK_BYTES(parts.network, bytes_of(rows[i].network));
		CHECK_NUMBER(parts.prefix, rows[i].prefix);
		CHECK_BYTES(parts.sender, bytes_of(rows[i].sender));
		CHECK_BYTES(parts.recipient, bytes_of(rows[i].recipient));
	}
}

static void
splits(void)
{
	static const struct split_row rows[] = {
		{ "192.0.2.0/a@x/b@y", "192.0.2.0", 120, "a@x", "b@y" },
		{ "192.0.2.5/32/a@x/b@y", "192.0.2.5/32", 128, "a@x", "b@y" },
		{ "2001:db8:0:0:0:0:0:0/a@x/b@y", "2001:db8:0:0:0:0:0:0", 64,
		    "a@x", "b@y" },
		{ "2001:db8:0:0:0:0:0:5/128/a@x/b@y",
		    "2001:db8:0:0:0:0:0:5/128", 128, "a@x", "b@y" },
		{ "192.0.2.0//b@y", "192.0.2.0", 120, "", "b@y" },
		{ "192.0.2.0/a@x/", "192.0.2.0", 120, "a@x", "" },
		{ "192.0.2.0//", "192.0.2.0", 120, "", "" },
		{ "192.0.2.5/32//", "192.0.2.5/32", 128, "", "" },
		{ "192.0.2.0/128/b@y", "192.0.2.0", 120, "128", "b@y" },
		{ "192.0.2.0/32/b@y", "192.0.2.0", 120, "32", "b@y" },
		{ "192.0.2.0/nobody/b@y", "192.0.2.0", 120, "nobody", "b@y" },
	};

	check_splits(rows, ROWS(rows));
}

static void
slashes(void)
{
	static const struct split_row rows[] = {
		{ "10.0.0.0/a/b@x/c@y", "10.0.0.0", 120, "a/b@x", "c@y" },
		{ "10.0.0.0/a@x/b/c@y", "10.0.0.0", 120, "a@x", "b/c@y" },
		{ "10.0.0.0/a/b@x/c/d@y", "10.0.0.0", 120, "a/b@x", "c/d@y" },
		{ "10.0.0.0//b/c@y", "10.0.0.0", 120, "", "b/c@y" },
		{ "10.0.0.0/a/b", "10.0.0.0", 120, "a", "b" },
		{ "10.0.0.0/a/b/c", "10.0.0.0", 120, "a", "b/c" },
	};

	check_splits(rows, ROWS(rows));
}

static void
no_triplets(void)
{
	static const char *const rows[] = { "", "/", "192.0.2.0", "192.0.2.0/",
		"192.0.2.0/a@x", "192.0.2/a@x/b@y", "mail.example/a@x/b@y",
		"/a@x/b@y", "0123456789012345678901234567890123456789",
		" 192.0.2.0/a@x/b@y" };
	struct key_parts parts;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i]);
		CHECK(!key_split(&plain, bytes_of(rows[i]), &parts));
	}
}

static void
prefixes(void)
{
	static const struct key_settings rows[] = { { .ipv4_prefix = 1,
							.ipv6_prefix = 1 },
		{ .ipv4_prefix = 20, .ipv6_prefix = 48 },
		{ .ipv4_prefix = 32, .ipv6_prefix = 128 } };
	struct key_parts parts;

	for (size_t i = 0; i < ROWS(rows); i++) {
		CHECK(
		    key_split(&rows[i], bytes_of("10.0.0.0/a@x/b@y"), &parts));
		CHECK_NUMBER(parts.prefix, 96 + rows[i].ipv4_prefix);
		CHECK(key_split(
		    &rows[i], bytes_of("2001:db8::/a@x/b@y"), &parts));
		CHECK_NUMBER(parts.prefix, rows[i].ipv6_prefix);
	}
}

/* What key_triplet() makes of these, key_split() takes apart. */
static void
comes_back(void)
{
	static const char *const clients[] = { "10.1.2.3", "255.255.255.255",
		"0.0.0.0", "2001:db8:1:2:3:4:5:6", "::", "ffff::ffff" };
	static const char *const senders[] = { "", "a@x", "a/b@x", "nobody" };
	static const char *const recipients[] = { "", "b@y", "c/d@y" };
	static char key[KEY_MAX];
	struct key_parts parts;
	struct address client;

	for (size_t i = 0; i < 2 * ROWS(clients) * 12; i++) {
		struct key_settings settings = { .ipv4_prefix = 24,
			.ipv6_prefix = 64,
			.by_host = i % 2 == 1 };
		const char *sender = senders[i / 2 % 4];
		const char *recipient = recipients[i / 8 % 3];
		struct bytes text = { key, 0 };

		CHECK(address_parse(bytes_of(clients[i / 24]), &client));
		text.len = key_triplet(&settings, &client, bytes_of(sender),
		    bytes_of(recipient), key);
		if (!CHECK(key_split(&plain, text, &parts)))
			continue;
		CHECK_BYTES(parts.sender, bytes_of(sender));
		CHECK_BYTES(parts.recipient, bytes_of(recipient));
		CHECK(parts.prefix == ADDRESS_BITS || !settings.by_host);
	}
}

static void
whole_addresses(void)
{
	static const struct {
		const char *key;
		const char *host;
		const char *address; /* NULL: it is not told */
	} rows[] = {
		{ "192.0.2.0/a@x/b@y", "30", "192.0.2.30" },
		{ "192.0.2.0/a@x/b@y", "0", "192.0.2.0" },
		{ "192.0.2.0/a@x/b@y", "255", "192.0.2.255" },
		{ "192.0.2.0/a@x/b@y", "256", NULL },
		{ "192.0.2.0/a@x/b@y", "", NULL },
		{ "192.0.2.0/a@x/b@y", "x", NULL },
		{ "192.0.2.0/a@x/b@y", "-1", NULL },
		{ "192.0.0.0/a@x/b@y", "192.0.15.7", "192.0.15.7" },
		{ "192.0.2.5/32/a@x/b@y", "", "192.0.2.5" },
		{ "2001:db8:0:0:0:0:0:0/a@x/b@y", "2001:DB8:0:0:0:0:0:5",
		    "2001:DB8:0:0:0:0:0:5" },
		{ "2001:db8:0:0:0:0:0:0/a@x/b@y", "5", NULL },
		{ "2001:db8:0:0:0:0:0:0/a@x/b@y", "", NULL },
		{ "2001:db8:0:0:0:0:0:5/128/a@x/b@y", "",
		    "2001:DB8:0:0:0:0:0:5" },
	};
	char text[ADDRESS_TEXT_MAX] = "";
	struct key_parts parts;
	struct address address;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].key);
		CHECK(key_split(&plain, bytes_of(rows[i].key), &parts));
		if (!CHECK(key_whole_address(&parts, bytes_of(rows[i].host),
			       &address) == (rows[i].address != NULL)) ||
		    rows[i].address == NULL)
			continue;
		CHECK_BYTES(
		    ((struct bytes){ text, address_text(&address, text) }),
		    bytes_of(rows[i].address));
	}
}

const struct unit_test unit_key_split[] = {
	{ "key_split: network, sender and recipient, any of the last two empty",
	    splits },
	{ "key_split: a slash belongs to the local part", slashes },
	{ "key_split: what is of another form is not split", no_triplets },
	{ "key_split: the prefix is that of the settings", prefixes },
	{ "key_split: what key_triplet() makes comes back", comes_back },
	{ "key_split: the host field tells the whole address, or not",
	    whole_addresses },
	{ NULL, NULL }
};
