/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/address.h"
#include "redis_key.h"

enum { IPV4_NETWORK = 24, IPV6_NETWORK = 64, FRONT = 3 };

static const char *const fronts[STORE_TABLES] = { "g:{", "c:{" };

const char *
redis_key_pattern(enum store_table table)
{
	return table == STORE_TRIPLETS ? "g:{*" : "c:{*";
}

static size_t
put(char *out, size_t used, struct bytes bytes)
{
	if (bytes.len > 0)
		memcpy(out + used, bytes.data, bytes.len);
	return used + bytes.len;
}

/* In lower case, as a triplet's key has it. 0: the key is no address. */
static size_t
network_of(struct bytes key, char out[static ADDRESS_TEXT_MAX])
{
	struct address address;
	size_t len;

	if (key.len > ADDRESS_TEXT_MAX || !address_parse(key, &address))
		return 0;
	address_cut(&address,
	    address_is_ipv4(&address) ? ADDRESS_IPV4_PREFIX + IPV4_NETWORK :
					IPV6_NETWORK);
	len = address_text(&address, out);
	for (size_t i = 0; i < len; i++)
		out[i] = bytes_lower(out[i]);
	return len;
}

size_t
redis_key_make(enum store_table table, struct bytes key, char *out)
{
	char network[ADDRESS_TEXT_MAX];
	struct bytes tag = key, rest = { NULL, 0 };
	const char *slash;
	size_t used, len;

	if (table == STORE_CLIENTS) {
		len = network_of(key, network);
		if (len > 0) {
			tag = (struct bytes){ network, len };
			rest = key;
		}
	} else if (key.len > 0) {
		slash = memchr(key.data, '/', key.len);
		if (slash != NULL) {
			tag.len = (size_t)(slash - key.data);
			rest = bytes_from(key, tag.len);
		}
	}
	used = put(out, 0, bytes_of(fronts[table]));
	used = put(out, used, tag);
	out[used++] = '}';
	return put(out, used, rest);
}

/* Where the tag's brace is; NULL: such a key is not made. */
static const char *
end_of_tag(enum store_table table, struct bytes text)
{
	const char *slash;

	if (table == STORE_CLIENTS)
		return text.data[text.len - 1] == '}' ?
		    text.data + text.len - 1 :
		    memchr(text.data, '}', text.len);
	slash = memchr(text.data, '/', text.len);
	if (slash == NULL)
		slash = text.data + text.len;
	return slash > text.data && slash[-1] == '}' ? slash - 1 : NULL;
}

bool
redis_key_read(
    enum store_table table, struct bytes theirs, char *out, size_t *len)
{
	char network[ADDRESS_TEXT_MAX];
	struct bytes text, tag, rest;
	const char *end;

	if (theirs.len <= FRONT ||
	    !bytes_begin_with(theirs, bytes_of(fronts[table])))
		return false;
	text = bytes_from(theirs, FRONT);
	end = end_of_tag(table, text);
	if (end == NULL)
		return false;
	tag = (struct bytes){ text.data, (size_t)(end - text.data) };
	rest = bytes_from(text, tag.len + 1);
	if (table == STORE_TRIPLETS)
		*len = put(out, put(out, 0, tag), rest);
	else if (rest.len == 0) {
		*len = put(out, 0, tag);
		return network_of(tag, network) == 0;
	} else {
		*len = network_of(rest, network);
		if (!bytes_equal(tag, (struct bytes){ network, *len }))
			return false;
		*len = put(out, 0, rest);
	}
	return true;
}

/* CRC16 as the cluster's specification has it: XMODEM, 0x1021, from 0. */
static unsigned
crc16(struct bytes bytes)
{
	unsigned crc = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		crc ^= (unsigned)(unsigned char)bytes.data[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 :
						    crc << 1;
	}
	return crc & 0xffff;
}

unsigned
redis_key_slot(struct bytes theirs)
{
	const char *open = memchr(theirs.data, '{', theirs.len), *end;
	struct bytes tag;

	if (open != NULL) {
		tag = bytes_from(theirs, (size_t)(open - theirs.data) + 1);
		end = memchr(tag.data, '}', tag.len);
		if (end != NULL && end > tag.data) {
			tag.len = (size_t)(end - tag.data);
			return crc16(tag) % REDIS_SLOTS;
		}
	}
	return crc16(theirs) % REDIS_SLOTS;
}
