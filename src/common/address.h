/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Internet addresses. An IPv4 address is held as its IPv4-mapped IPv6 address
 * (RFC 4291, 2.5.5.2), so that a mapped address and the IPv4 address in it are
 * the same, and prefixes of both are compared alike.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes.h"

/* The prefix length of an IPv4 /0 in this form. */
#define ADDRESS_IPV4_PREFIX 96
#define ADDRESS_BITS 128
/* The longest text: eight groups of four digits and the colons. */
#define ADDRESS_TEXT_MAX 39

struct address {
	uint8_t octets[16];
};

/* False: the text is not an address, nothing more and nothing less: a host
 * name, a /prefix, a zone make it something else. */
bool address_parse(struct bytes text, struct address *);
bool address_is_ipv4(const struct address *);

/* Clears all bits after the first `prefix` of the 128. */
void address_cut(struct address *, unsigned prefix);

/*
 * An address, an address with a /prefix, or the first two or three octets of an
 * IPv4 address, with *prefix of the 128 bits; *address as it is written, not
 * cut. NULL, or what is wrong with the text.
 */
const char *address_parse_network(
    struct bytes text, struct address *, unsigned *prefix);

/*
 * Writes the text as postgrey does (NetAddr::IP's addr()): dotted decimal, or
 * eight groups of upper case hex without leading zeros and without "::".
 * Returns its length; there is no final NUL.
 */
size_t address_text(const struct address *, char out[static ADDRESS_TEXT_MAX]);

#endif
