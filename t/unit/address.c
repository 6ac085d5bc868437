/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/address.h"
#include "unit.h"

static struct bytes
text_of(const struct address *address)
{
	static char text[ADDRESS_TEXT_MAX];

	return (struct bytes){ text, address_text(address, text) };
}

static void
texts(void)
{
	static const struct {
		const char *given;
		const char *text;
		bool ipv4;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "0.0.0.0", "0.0.0.0", true },
		{ "255.255.255.255", "255.255.255.255", true },
		{ "::ffff:192.0.2.1", "192.0.2.1", true },
		{ "::FFFF:c000:201", "192.0.2.1", true },
		{ "2001:db8::5", "2001:DB8:0:0:0:0:0:5", false },
		{ "2001:0db8:0000:0000:0000:0000:0000:0005",
		    "2001:DB8:0:0:0:0:0:5", false },
		{ "::", "0:0:0:0:0:0:0:0", false },
		{ "::1", "0:0:0:0:0:0:0:1", false },
		{ "::192.0.2.1", "0:0:0:0:0:0:C000:201", false },
		{ "fe80::a0b:c00d", "FE80:0:0:0:0:0:A0B:C00D", false },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		    "FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF", false },
	};
	struct address address;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].given);
		if (!CHECK(address_parse(bytes_of(rows[i].given), &address)))
			continue;
		CHECK_BYTES(text_of(&address), bytes_of(rows[i].text));
		CHECK_NUMBER(address_is_ipv4(&address), rows[i].ipv4);
	}
}

static void
no_addresses(void)
{
	static const char *const rows[] = { "", "unknown", "mail.example.net",
		"192.0.2", "192.0.2.256", "192.0.2.1.1", "192.0.2.1 ",
		" 192.0.2.1", "192.0.2.1/32", "0300.0.2.1", "0xc0.0.2.1",
		"3221225985", "192.0.2.", "2001:db8::5/64", "2001:db8::5%eth0",
		"[2001:db8::5]", "IPv6:2001:db8::5", "1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9", "12345::", "1::2::3", "::g",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000" };
	struct address address;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i]);
		CHECK(!address_parse(bytes_of(rows[i]), &address));
	}
	unit_about("a NUL byte");
	CHECK(!address_parse(LITERAL("192.0.2.1\0"), &address));
	unit_about("bytes behind the end");
	CHECK(address_parse((struct bytes){ "192.0.2.19", 9 }, &address));
	CHECK_BYTES(text_of(&address), bytes_of("192.0.2.1"));
}

static void
cuts(void)
{
	static const struct {
		const char *given;
		unsigned prefix;
		const char *text;
	} rows[] = {
		{ "192.0.2.255", 128, "192.0.2.255" },
		{ "192.0.2.255", 127, "192.0.2.254" },
		{ "192.0.2.255", 121, "192.0.2.128" },
		{ "192.0.2.255", 120, "192.0.2.0" },
		{ "192.0.255.255", 119, "192.0.254.0" },
		{ "192.0.255.255", 112, "192.0.0.0" },
		{ "255.255.255.255", 97, "128.0.0.0" },
		{ "255.255.255.255", 96, "0.0.0.0" },
		{ "2001:db8:1:2:ffff:ffff:ffff:ffff", 65,
		    "2001:DB8:1:2:8000:0:0:0" },
		{ "2001:db8:1:2:ffff:ffff:ffff:ffff", 64,
		    "2001:DB8:1:2:0:0:0:0" },
		{ "2001:db8:1:3::", 63, "2001:DB8:1:2:0:0:0:0" },
		{ "ffff::1", 1, "8000:0:0:0:0:0:0:0" },
		{ "ffff::1", 0, "0:0:0:0:0:0:0:0" },
	};
	struct address address;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].given);
		CHECK(address_parse(bytes_of(rows[i].given), &address));
		address_cut(&address, rows[i].prefix);
		CHECK_BYTES(text_of(&address), bytes_of(rows[i].text));
	}
}

static void
parses_networks(void)
{
	static const struct {
		const char *given;
		const char *text;
		unsigned prefix;
	} rows[] = {
		{ "192.0.2.5", "192.0.2.5", 128 },
		{ "192.0.2.5/32", "192.0.2.5", 128 },
		{ "192.0.2.5/24", "192.0.2.5", 120 },
		{ "192.0.2.5/0", "192.0.2.5", 96 },
		{ "192.0.2", "192.0.2.0", 120 },
		{ "192.0", "192.0.0.0", 112 },
		{ "255.255.255", "255.255.255.0", 120 },
		{ "2001:db8::1", "2001:DB8:0:0:0:0:0:1", 128 },
		{ "2001:db8::/32", "2001:DB8:0:0:0:0:0:0", 32 },
		{ "::/0", "0:0:0:0:0:0:0:0", 0 },
		{ "::ffff:192.0.2.1", "192.0.2.1", 128 },
		{ "::ffff:192.0.2.1/104", "192.0.2.1", 104 },
	};
	struct address address;
	unsigned prefix;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].given);
		if (!CHECK(address_parse_network(bytes_of(rows[i].given),
			       &address, &prefix) == NULL))
			continue;
		CHECK_BYTES(text_of(&address), bytes_of(rows[i].text));
		CHECK_NUMBER(prefix, rows[i].prefix);
	}
}

static void
no_networks(void)
{
	static const char *const rows[] = { "", "x", "192", "192.", "192.0.",
		"192.0.2.", ".1.2", "192.0.256", "192.0/16", "192.0.2/24",
		"192.0.2.5/33", "192.0.2.5/", "192.0.2.5/x", "192.0.2.5/-1",
		"192.0.2.5/24/", "192.0.2.5 ", "2001:db8::/129",
		"2001:db8:", "2001:db8::/", "/24", "1.2.3.4.5",
		"192.0.2.05/99999999999" };
	struct address address;
	unsigned prefix;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i]);
		CHECK(address_parse_network(
			  bytes_of(rows[i]), &address, &prefix) != NULL);
	}
}

const struct unit_test unit_address[] = {
	{ "address: an address is spelled as postgrey does, mapped as IPv4",
	    texts },
	{ "address: what is no whole, plain address is refused", no_addresses },
	{ "address: all bits behind a prefix are cut", cuts },
	{ "address: a network is an address, one with a prefix, or leading "
	  "octets",
	    parses_networks },
	{ "address: what is no network is refused", no_networks },
	{ NULL, NULL }
};
