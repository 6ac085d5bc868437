/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <stdio.h>

#include "address.h"
#include "num.h"

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

bool
address_parse(struct bytes text, struct address *address)
{
	char copy[INET6_ADDRSTRLEN];

	if (text.len >= sizeof(copy) ||
	    memchr(text.data, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	if (memchr(text.data, ':', text.len) != NULL)
		return inet_pton(AF_INET6, copy, address->octets) == 1;
	memcpy(address->octets, mapped, sizeof(mapped));
	return inet_pton(AF_INET, copy, address->octets + 12) == 1;
}

/* "1.2.3" -> "1.2.3.0" and 24. False: not two or three octets. */
static bool
leading_octets(struct bytes text, struct address *address, unsigned *bits)
{
	static const char *const missing[] = { ".0.0.0", ".0.0", ".0" };
	char whole[32];
	size_t dots = 0;

	for (size_t i = 0; i < text.len; i++)
		dots += text.data[i] == '.';
	if (dots < 1 || dots > 2 || text.len > 11)
		return false;
	snprintf(whole, sizeof(whole), "%.*s%s", (int)text.len, text.data,
	    missing[dots]);
	*bits = (unsigned)(dots + 1) * 8;
	return address_parse(bytes_of(whole), address);
}

const char *
address_parse_network(
    struct bytes text, struct address *address, unsigned *prefix)
{
	const char *slash = memchr(text.data, '/', text.len);
	struct bytes length = { NULL, 0 };
	unsigned whole, bits;
	int64_t given;

	if (slash == NULL && leading_octets(text, address, &bits)) {
		*prefix = ADDRESS_IPV4_PREFIX + bits;
		return NULL;
	}
	if (slash != NULL) {
		length = bytes_from(text, (size_t)(slash - text.data) + 1);
		text.len = (size_t)(slash - text.data);
	}
	if (!address_parse(text, address))
		return "it is neither an address nor a network, such as "
		       "192.0.2.1, 192.0.2, 192.0.2.0/24 or 2001:db8::/32";
	whole = memchr(text.data, ':', text.len) == NULL ? 32 : ADDRESS_BITS;
	given = whole;
	if (slash != NULL && (!num_decimal(length, &given) || given > whole))
		return whole == 32 ? "the prefix is not from 0 to 32" :
				     "the prefix is not from 0 to 128";
	*prefix = ADDRESS_BITS - whole + (unsigned)given;
	return NULL;
}

bool
address_is_ipv4(const struct address *address)
{
	return memcmp(address->octets, mapped, sizeof(mapped)) == 0;
}

void
address_cut(struct address *address, unsigned prefix)
{
	unsigned whole = prefix / 8;

	if (whole >= sizeof(address->octets))
		return;
	address->octets[whole] &= (uint8_t)(0xff00u >> prefix % 8);
	memset(address->octets + whole + 1, 0, 15 - whole);
}

size_t
address_text(const struct address *address, char out[static ADDRESS_TEXT_MAX])
{
	static const char digit[] = "0123456789ABCDEF";
	const uint8_t *octets = address->octets;
	size_t used = 0;

	if (address_is_ipv4(address)) {
		for (int i = 12; i < 16; i++) {
			if (octets[i] >= 100)
				out[used++] = (char)('0' + octets[i] / 100);
			if (octets[i] >= 10)
				out[used++] = (char)('0' + octets[i] / 10 % 10);
			out[used++] = (char)('0' + octets[i] % 10);
			out[used++] = '.';
		}
		return used - 1;
	}
	for (int i = 0; i < 16; i += 2) {
		unsigned group = (unsigned)octets[i] << 8 | octets[i + 1];
		int shift = 12;

		if (i > 0)
			out[used++] = ':';
		while (shift > 0 && group >> shift == 0)
			shift -= 4;
		for (; shift >= 0; shift -= 4)
			out[used++] = digit[group >> shift & 0xf];
	}
	return used;
}
