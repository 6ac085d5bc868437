/* SPDX-License-Identifier: BSD-2-Clause */
#include "greylist/key.h"
#include "unit.h"

static struct bytes
folded(struct bytes sender)
{
	static char out[KEY_ADDRESS_MAX];

	return (struct bytes){ out,
		key_fold_sender(&(struct key_settings){ 0 }, sender,
		    (struct bytes){ 0 }, out) };
}

struct fold_row {
	const char *sender;
	const char *folded;
};

static void
check_folds(const struct fold_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unit_about(rows[i].sender);
		CHECK_BYTES(
		    folded(bytes_of(rows[i].sender)), bytes_of(rows[i].folded));
	}
}

static void
folds_nothing(void)
{
	static const struct fold_row rows[] = {
		{ "", "" },
		{ "user@example.net", "user@example.net" },
		{ "User@Example.NET", "User@Example.NET" },
		{ "user+1-2-3", "user+1-2-3" },
		{ "prvs=0123456789=user", "prvs=0123456789=user" },
		{ "@", "@" },
		{ "@12.example.net", "@12.example.net" },
		{ "user@12+34.example.net", "user@12+34.example.net" },
	};

	check_folds(rows, ROWS(rows));
}

static void
folds_extensions(void)
{
	static const struct fold_row rows[] = {
		{ "user+ext@example.net", "user@example.net" },
		{ "user+a+b@example.net", "user@example.net" },
		{ "user+@example.net", "user@example.net" },
		{ "+ext@example.net", "@example.net" },
		{ "a@b+c@example.net", "a@b+c@example.net" },
		{ "12+x@example.net", "#@example.net" },
	};

	check_folds(rows, ROWS(rows));
}

static void
folds_numbers(void)
{
	static const struct fold_row rows[] = {
		{ "1@example.net", "#@example.net" },
		{ "list-12345-user@example.net", "list-#-user@example.net" },
		{ "1-22-333@example.net", "#-#-#@example.net" },
		{ "a1@example.net", "a1@example.net" },
		{ "1a@example.net", "1a@example.net" },
		{ "1_2@example.net", "1_2@example.net" },
		{ "_1@example.net", "_1@example.net" },
		{ "1_@example.net", "1_@example.net" },
		{ "a-1b-2-c3-4@example.net", "a-1b-#-c3-#@example.net" },
		{ "=1=@example.net", "=#=@example.net" },
		{ "x.007.y@1.example.net", "x.#.y@1.example.net" },
		{ "\xc3\xa9"
		  "12\xc3\xa9@example.net",
		    "\xc3\xa9#\xc3\xa9@example.net" },
		{ "A1.Z9.12@example.net", "A1.Z9.#@example.net" },
	};

	check_folds(rows, ROWS(rows));
}

static void
folds_batv(void)
{
	static const struct fold_row rows[] = {
		{ "prvs=0123456789=user@example.net", "user@example.net" },
		{ "prvs=012345678ab=user@example.net", "user@example.net" },
		{ "prvs=user=0123456789@example.net", "user@example.net" },
		{ "prvs=user=abcdefghij@example.net", "user@example.net" },
		{ "prvs=0123456789=abcdefghij@example.net",
		    "abcdefghij@example.net" },
		{ "prvs=one=two@example.net", "two@example.net" },
		{ "prvs=user=012345678@example.net", "#@example.net" },
		{ "prvs=user=012345678A@example.net",
		    "012345678A@example.net" },
		{ "prvs=user=0123456789XYZ@example.net", "user@example.net" },
		{ "prvs=0123456789=user+ext@example.net", "user@example.net" },
		{ "prvs=0123456789=12-x@example.net", "#-x@example.net" },
		{ "prvs==user@example.net", "user@example.net" },
	};

	check_folds(rows, ROWS(rows));
}

static void
folds_no_batv(void)
{
	static const struct fold_row rows[] = {
		{ "PRVS=0123456789=user@example.net",
		    "PRVS=#=user@example.net" },
		{ "prvs=0123456789@example.net", "prvs=#@example.net" },
		{ "prvs=@example.net", "prvs=@example.net" },
		{ "prvs@example.net", "prvs@example.net" },
		{ "prvs===@example.net", "prvs===@example.net" },
		{ "prvs=one==@example.net", "prvs=one==@example.net" },
		{ "prvs=one=two=three@example.net",
		    "prvs=one=two=three@example.net" },
		{ "xprvs=0123456789=user@example.net",
		    "xprvs=#=user@example.net" },
		{ "prvs=one=two=@example.net", "two@example.net" },
		{ "prvs=one=two===@example.net", "two@example.net" },
	};

	check_folds(rows, ROWS(rows));
}

static const struct key_settings plain = { .ipv4_prefix = 24,
	.ipv6_prefix = 64 };

struct key_row {
	struct key_settings settings;
	const char *client;
	const char *sender;
	const char *recipient;
	const char *key;
	const char *host;
};

static void
check_keys(const struct key_row *rows, size_t count)
{
	struct address client;
	static char key[KEY_MAX], host[ADDRESS_TEXT_MAX];

	for (size_t i = 0; i < count; i++) {
		unit_about(rows[i].key);
		CHECK(address_parse(bytes_of(rows[i].client), &client));
		CHECK_BYTES(((struct bytes){ key,
				key_triplet(&rows[i].settings, &client,
				    bytes_of(rows[i].sender),
				    bytes_of(rows[i].recipient), key) }),
		    bytes_of(rows[i].key));
		CHECK_BYTES(((struct bytes){ host,
				key_host(&rows[i].settings, &client, host) }),
		    bytes_of(rows[i].host));
	}
}

static void
networks(void)
{
	static const struct key_row rows[] = {
		{ { .ipv4_prefix = 24, .ipv6_prefix = 64 }, "83.10.241.5",
		    "limbekcs@aegon.hu", "webmaster@rally.or.jp",
		    "83.10.241.0/limbekcs@aegon.hu/webmaster@rally.or.jp",
		    "5" },
		{ { .ipv4_prefix = 24, .ipv6_prefix = 64 },
		    "::ffff:192.0.2.255", "a", "b", "192.0.2.0/a/b", "255" },
		{ { .ipv4_prefix = 20, .ipv6_prefix = 64 }, "141.173.255.3",
		    "a", "b", "141.173.240.0/a/b", "141.173.255.3" },
		{ { .ipv4_prefix = 32, .ipv6_prefix = 64 }, "141.173.5.3", "a",
		    "b", "141.173.5.3/a/b", "141.173.5.3" },
		{ { .ipv4_prefix = 1, .ipv6_prefix = 64 }, "255.0.2.1", "a",
		    "b", "128.0.0.0/a/b", "255.0.2.1" },
		{ { .ipv4_prefix = 24, .ipv6_prefix = 64 }, "2001:db8::1:2:3:4",
		    "a", "b", "2001:db8:0:0:0:0:0:0/a/b",
		    "2001:DB8:0:0:1:2:3:4" },
		{ { .ipv4_prefix = 24, .ipv6_prefix = 128 }, "2001:DB8::A", "a",
		    "b", "2001:db8:0:0:0:0:0:a/a/b", "2001:DB8:0:0:0:0:0:A" },
		{ { .ipv4_prefix = 24, .ipv6_prefix = 20 }, "2001:fff8::a", "a",
		    "b", "2001:f000:0:0:0:0:0:0/a/b", "2001:FFF8:0:0:0:0:0:A" },
	};

	check_keys(rows, ROWS(rows));
}

static void
hosts(void)
{
	static const struct key_row rows[] = {
		{ { .ipv4_prefix = 24, .ipv6_prefix = 64, .by_host = true },
		    "141.173.5.3", "u@x", "v@y", "141.173.5.3/32/u@x/v@y", "" },
		{ { .ipv4_prefix = 24, .ipv6_prefix = 64, .by_host = true },
		    "2001:db8::5", "u@x", "v@y",
		    "2001:db8:0:0:0:0:0:5/128/u@x/v@y", "" },
		{ { .ipv4_prefix = 24, .ipv6_prefix = 64, .by_host = true },
		    "::ffff:192.0.2.1", "u@x", "v@y", "192.0.2.1/32/u@x/v@y",
		    "" },
	};

	check_keys(rows, ROWS(rows));
}

static void
lower_case(void)
{
	static const struct key_row rows[] = {
		{ { .ipv4_prefix = 24, .ipv6_prefix = 64 }, "192.0.2.1",
		    "User+X@EXAMPLE.net", "Other+Y@Example.ORG",
		    "192.0.2.0/user@example.net/other+y@example.org", "1" },
		{ { .ipv4_prefix = 24, .ipv6_prefix = 64 }, "192.0.2.1",
		    "\xc3\x89@X", "A\xc3\x89[Z]@y",
		    "192.0.2.0/\xc3\x89@x/a\xc3\x89[z]@y", "1" },
		{ { .ipv4_prefix = 24, .ipv6_prefix = 64 }, "192.0.2.1",
		    "prvs=USER=tag@X", "1@Y", "192.0.2.0/tag@x/1@y", "1" },
		{ { .ipv4_prefix = 24, .ipv6_prefix = 64 }, "192.0.2.1", "", "",
		    "192.0.2.0//", "1" },
	};

	check_keys(rows, ROWS(rows));
}

static void
privacy(void)
{
	static const struct key_row rows[] = {
		{ { .ipv4_prefix = 24, .ipv6_prefix = 64, .privacy = true },
		    "192.0.2.1", "A@b", "c@D",
		    "0f8018d80a85e3ff08f7cf0396380e263d2a7c5b", "1" },
	};
	static const struct key_settings settings = {
		.ipv4_prefix = 24, .ipv6_prefix = 64, .privacy = true
	};
	struct address client;
	static char key[KEY_MAX];

	check_keys(rows, ROWS(rows));
	unit_about("client");
	CHECK(address_parse(bytes_of("192.0.2.5"), &client));
	CHECK_BYTES(
	    ((struct bytes){ key, key_client(&settings, &client, key) }),
	    bytes_of("f444fe3fe2395fb6eef732611d37cd602320b8e5"));
}

static void
clients(void)
{
	static const struct {
		const char *client;
		const char *key;
	} rows[] = {
		{ "202.218.219.97", "202.218.219.97" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "2001:db8::5", "2001:DB8:0:0:0:0:0:5" },
	};
	struct address client;
	static char key[KEY_MAX];

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].client);
		CHECK(address_parse(bytes_of(rows[i].client), &client));
		CHECK_BYTES(
		    ((struct bytes){ key, key_client(&plain, &client, key) }),
		    bytes_of(rows[i].key));
	}
}

static void
longest(void)
{
	static char sender[KEY_ADDRESS_MAX], recipient[KEY_ADDRESS_MAX];
	struct key_settings by_host = {
		.ipv4_prefix = 24, .ipv6_prefix = 64, .by_host = true
	};
	struct address client;
	static char key[KEY_MAX];

	memset(sender, 's', sizeof(sender));
	memset(recipient, 'R', sizeof(recipient));
	CHECK(address_parse(
	    bytes_of("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), &client));
	CHECK_NUMBER(key_triplet(&by_host, &client,
			 (struct bytes){ sender, sizeof(sender) },
			 (struct bytes){ recipient, sizeof(recipient) }, key),
	    39 + 4 + 1 + 4096 + 1 + 4096);
	CHECK(key[39 + 4 + 1 + 4096] == '/');
	CHECK(key[39 + 4 + 1 + 4096 + 1 + 4095] == 'r');
}

const struct unit_test unit_key[] = {
	{ "key: a sender without extension, number or domain stays",
	    folds_nothing },
	{ "key: of a sender's local part all from the first + on is dropped",
	    folds_extensions },
	{ "key: numbers that are whole words in a local part become #",
	    folds_numbers },
	{ "key: a BATV sender counts as the address in it", folds_batv },
	{ "key: what only resembles BATV stays; empty parts at the end don't "
	  "count",
	    folds_no_batv },
	{ "key: the address is cut to its network, the rest is the host field",
	    networks },
	{ "key: by host it is the whole address with its length, and no host "
	  "field",
	    hosts },
	{ "key: A to Z become lower case, other bytes stay", lower_case },
	{ "key: with privacy both keys are SHA-1 in hex", privacy },
	{ "key: a client's key is its address in postgrey's spelling",
	    clients },
	{ "key: the longest sender and recipient fit, uncut", longest },
	{ NULL, NULL }
};
