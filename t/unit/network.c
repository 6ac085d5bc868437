/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/network.h"
#include "unit.h"

/* Those of IPv6 as inet_ntop(3) writes them. */
static const struct {
	const char *address, *network;
} rows[] = {
	{ "192.0.2.1", "192.0.2.0/24" },
	{ "::ffff:192.0.2.1", "192.0.2.0/24" },
	{ "2001:db8:1:20::1", "2001:db8:1:20::/64" },
	{ "2001:0DB8:0001:ABCD:1:2:3:4", "2001:db8:1:abcd::/64" },
	{ "2001:db8::1:2:3:4:5", "2001:db8:0:1::/64" },
	{ "2001:db8::1", "2001:db8::/64" },
	{ "2001:db8:0:0:1::", "2001:db8::/64" },
	{ "0:0:0:1::1", "0:0:0:1::/64" },
	{ "::1", "::/64" },
	{ "unknown", "unknown" },
};

static void
texts(void)
{
	char out[NETWORK_TEXT_MAX];

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].address);
		CHECK_BYTES(network_of(bytes_of(rows[i].address), out),
		    bytes_of(rows[i].network));
	}
}

const struct unit_test unit_network[] = {
	{ "a client's network is its /24, or its /64 in its shortest form",
	    texts },
	{ NULL, NULL },
};
