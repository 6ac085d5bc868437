/* SPDX-License-Identifier: BSD-2-Clause */
#include "hash.h"
#include "network.h"

enum {
	IPV4_BITS = ADDRESS_IPV4_PREFIX + 24,
	IPV6_BITS = 64,
	IPV4_TEXT_MAX = 15
};

/* The length of the first three octets and their dots; 0: it does not look like
 * an IPv4 address. */
static size_t
three_octets(struct bytes address)
{
	size_t len = 0;
	int dots = 0;

	if (address.len > IPV4_TEXT_MAX)
		return 0;
	for (size_t i = 0; i < address.len; i++) {
		char c = address.data[i];

		if (c == '.') {
			dots++;
			len = i + 1;
		} else if (c < '0' || c > '9')
			return 0;
	}
	return dots == 3 && len < address.len ? len : 0;
}

/* Up to the last dot, as the three octets of an IPv4 address; nothing: there is
 * no dot. */
static struct bytes
up_to_dot(struct bytes text)
{
	while (text.len > 0 && text.data[text.len - 1] != '.')
		text.len--;
	return text;
}

static size_t
group_text(unsigned group, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t len = 0;
	int shift = 12;

	while (shift > 0 && group >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		out[len++] = digits[group >> shift & 0xf];
	return len;
}

/* As inet_ntop(3) writes an address of which only the first half is not 0,
 * which takes thousands of instructions for it: the zeros that "::" stands for
 * are then those at its end. */
static size_t
ipv6_text(const struct address *address, char *out)
{
	unsigned groups[IPV6_BITS / 16];
	size_t count = 0, len = 0;

	for (size_t i = 0; i < IPV6_BITS / 16; i++) {
		groups[i] = (unsigned)address->octets[2 * i] << 8 |
		    address->octets[2 * i + 1];
		if (groups[i] != 0)
			count = i + 1;
	}
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			out[len++] = ':';
		len += group_text(groups[i], out + len);
	}
	memcpy(out + len, "::", 2);
	return len + 2;
}

struct bytes
network_of(struct bytes text, char out[static NETWORK_TEXT_MAX])
{
	struct address address;
	size_t len = three_octets(text);
	bool is_ipv4 = true;

	if (len > 0) {
		memcpy(out, text.data, len);
		out[len++] = '0';
	} else {
		if (!address_parse(text, &address))
			return text;
		is_ipv4 = address_is_ipv4(&address);
		address_cut(&address, is_ipv4 ? IPV4_BITS : IPV6_BITS);
		len = is_ipv4 ? address_text(&address, out) :
				ipv6_text(&address, out);
	}
	memcpy(out + len, is_ipv4 ? "/24" : "/64", 3);
	return (struct bytes){ out, len + 3 };
}

/* Of IPv6 the octets are hashed, of all else the text without what follows its
 * last dot. */
uint64_t
network_hash(struct bytes text, uint64_t before)
{
	char out[NETWORK_TEXT_MAX];
	struct address address;
	struct bytes octets;

	if (text.len > 0 && memchr(text.data, ':', text.len) != NULL &&
	    address_parse(text, &address)) {
		if (!address_is_ipv4(&address))
			return hash_text(
			    (struct bytes){
				(const char *)address.octets, IPV6_BITS / 8 },
			    before);
		text = network_of(text, out);
	}
	octets = up_to_dot(text);
	return hash_text(octets.len > 0 ? octets : text, before);
}

bool
network_is_loopback(struct bytes address)
{
	return bytes_begin_with(address, bytes_of("127.")) ||
	    bytes_begin_with(address, bytes_of("::ffff:127.")) ||
	    bytes_equal(address, bytes_of("::1"));
}
