/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/types.h>
#include <sha1.h>

#include "common/batv.h"
#include "common/num.h"
#include "fold.h"
#include "key.h"

/* Perl's \w without Unicode, by which postgrey's \b finds words. */
static bool
is_word(char c)
{
	c = bytes_lower(c);
	return (c >= 'a' && c <= 'z') || bytes_is_digit(c) || c == '_';
}

static size_t
fold_numbers(struct bytes local, char *out)
{
	size_t used = 0, run;

	for (size_t i = 0; i < local.len; i += run) {
		run = 1;
		if (bytes_is_digit(local.data[i]) &&
		    (i == 0 || !is_word(local.data[i - 1]))) {
			while (i + run < local.len &&
			    bytes_is_digit(local.data[i + run]))
				run++;
			if (i + run == local.len ||
			    !is_word(local.data[i + run])) {
				out[used++] = '#';
				continue;
			}
		}
		memcpy(out + used, local.data + i, run);
		used += run;
	}
	return used;
}

static size_t
fold_as_postgrey(struct bytes sender, char *out)
{
	const char *at = memchr(sender.data, '@', sender.len);
	const char *plus;
	struct bytes local, domain;
	size_t used;

	if (at == NULL) {
		memcpy(out, sender.data, sender.len);
		return sender.len;
	}
	domain = bytes_from(sender, (size_t)(at - sender.data));
	local = (struct bytes){ sender.data, sender.len - domain.len };
	local = batv_local(local);
	plus = memchr(local.data, '+', local.len);
	if (plus != NULL)
		local.len = (size_t)(plus - local.data);
	used = fold_numbers(local, out);
	memcpy(out + used, domain.data, domain.len);
	return used + domain.len;
}

size_t
key_fold_sender(const struct key_settings *settings, struct bytes sender,
    struct bytes recipient, char *out)
{
	return settings->folds_fully ? fold_sender(sender, recipient, out) :
				       fold_as_postgrey(sender, out);
}

void
key_sum(struct bytes bytes, char out[static KEY_SUM_LENGTH])
{
	char hex[SHA1_DIGEST_STRING_LENGTH];

	_Static_assert(KEY_SUM_LENGTH == sizeof(hex) - 1, "without the NUL");
	SHA1Data((const uint8_t *)bytes.data, bytes.len, hex);
	memcpy(out, hex, KEY_SUM_LENGTH);
}

static size_t
hide(const struct key_settings *settings, char *key, size_t len)
{
	if (!settings->privacy)
		return len;
	key_sum((struct bytes){ key, len }, key);
	return KEY_SUM_LENGTH;
}

unsigned
key_prefix(const struct key_settings *settings, const struct address *client)
{
	if (settings->by_host)
		return ADDRESS_BITS;
	return address_is_ipv4(client) ?
	    ADDRESS_IPV4_PREFIX + settings->ipv4_prefix :
	    settings->ipv6_prefix;
}

size_t
key_triplet(const struct key_settings *settings, const struct address *client,
    struct bytes sender, struct bytes recipient, char out[static KEY_MAX])
{
	struct address network = *client;
	size_t used;

	address_cut(&network, key_prefix(settings, client));
	used = address_text(&network, out);
	if (settings->by_host) {
		memcpy(out + used, address_is_ipv4(client) ? "/32" : "/128", 4);
		used += address_is_ipv4(client) ? 3 : 4;
	}
	out[used++] = '/';
	used += key_fold_sender(settings, sender, recipient, out + used);
	out[used++] = '/';
	memcpy(out + used, recipient.data, recipient.len);
	used += recipient.len;
	for (size_t i = 0; i < used; i++)
		out[i] = bytes_lower(out[i]);
	return hide(settings, out, used);
}

size_t
key_client(const struct key_settings *settings, const struct address *client,
    char out[static KEY_MAX])
{
	return hide(settings, out, address_text(client, out));
}

size_t
key_host(const struct key_settings *settings, const struct address *client,
    char out[static ADDRESS_TEXT_MAX])
{
	char number[NUM_TEXT_MAX];
	size_t len;

	if (settings->by_host)
		return 0;
	if (!address_is_ipv4(client) || settings->ipv4_prefix != 24)
		return address_text(client, out);
	len = num_format(client->octets[15], number);
	memcpy(out, number, len);
	return len;
}

/* The sender ends at the slash after its domain, or at the first one. */
static bool
cut_mailboxes(struct bytes rest, struct key_parts *parts)
{
	const char *slash = NULL, *at;

	if (rest.len == 0)
		return false;
	at = memchr(rest.data, '@', rest.len);
	if (at != NULL && rest.data[0] != '/')
		slash = memchr(at, '/', rest.len - (size_t)(at - rest.data));
	if (slash == NULL)
		slash = memchr(rest.data, '/', rest.len);
	if (slash == NULL)
		return false;
	parts->sender = (struct bytes){ rest.data,
		(size_t)(slash - rest.data) };
	parts->recipient = bytes_from(rest, parts->sender.len + 1);
	return true;
}

bool
key_split(const struct key_settings *settings, struct bytes key,
    struct key_parts *parts)
{
	const char *slash = memchr(key.data, '/', key.len);
	struct bytes rest, by_host;

	if (slash == NULL)
		return false;
	parts->network = (struct bytes){ key.data, (size_t)(slash - key.data) };
	rest = bytes_from(key, parts->network.len + 1);
	if (!address_parse(parts->network, &parts->address))
		return false;
	parts->prefix = key_prefix(settings, &parts->address);
	/* The "32" of "192.0.2.5/32", unless that is a sender. */
	by_host = bytes_of(address_is_ipv4(&parts->address) ? "32/" : "128/");
	if (bytes_begin_with(rest, by_host) &&
	    cut_mailboxes(bytes_from(rest, by_host.len), parts)) {
		parts->network.len += by_host.len;
		parts->prefix = ADDRESS_BITS;
		return true;
	}
	return cut_mailboxes(rest, parts);
}

bool
key_whole_address(
    const struct key_parts *parts, struct bytes host, struct address *address)
{
	int64_t octet;

	*address = parts->address;
	if (parts->prefix == ADDRESS_BITS)
		return true;
	if (address_is_ipv4(address) && num_decimal(host, &octet)) {
		address->octets[15] = (uint8_t)octet;
		return octet <= 255;
	}
	return host.len > 0 && address_parse(host, address);
}
