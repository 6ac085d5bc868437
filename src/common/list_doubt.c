/* SPDX-License-Identifier: BSD-2-Clause */
#include "list_entry.h"

/* Of a name in the DNS, in its text form: RFC 1035, 2.3.4. */
enum { NAME_MAX_LENGTH = 253, LABEL_MAX_LENGTH = 63 };

static bool
has_empty_label(struct bytes name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] == '.' &&
		    (i == 0 || i + 1 == name.len || name.data[i + 1] == '.'))
			return true;
	}
	return false;
}

static bool
has_long_label(struct bytes name)
{
	size_t len = 0;

	for (size_t i = 0; i < name.len; i++) {
		len = name.data[i] == '.' ? 0 : len + 1;
		if (len > LABEL_MAX_LENGTH)
			return true;
	}
	return name.len > NAME_MAX_LENGTH;
}

/* What Postfix' valid_hostname() lets through; other names are "unknown". */
static bool
is_of_host(char c)
{
	c = bytes_lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	    c == '_' || c == '.';
}

static const char half_a_regexp
    [] = "begins like a regular expression, but has no / at its end";

static const char *
doubt_of_client(struct bytes name)
{
	if (name.data[0] == '/')
		return half_a_regexp;
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] == '@')
			return "never matches: clients have names, without @";
		if (name.data[i] == '*')
			return "never matches: * is no wildcard here; a domain "
			       "stands for all below it";
		if (!is_of_host(name.data[i]))
			return "never matches: it has a character that names "
			       "of hosts don't have";
	}
	return NULL;
}

static const char *
doubt_of_domain(struct bytes domain)
{
	if (has_empty_label(domain))
		return "never matches: a domain neither begins nor ends with a "
		       "dot, and has no two in a row";
	if (has_long_label(domain))
		return "never matches: it is longer than a domain can be";
	return NULL;
}

static bool
has_any(struct bytes text, const char *characters)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr(characters, text.data[i]) != NULL)
			return true;
	}
	return false;
}

static const char *
doubt_of_mailbox(struct bytes text)
{
	const char *at = memrchr(text.data, '@', text.len);
	struct bytes domain = at == NULL ?
	    text :
	    bytes_from(text, (size_t)(at + 1 - text.data));

	if (text.data[0] == '/' && !has_any(bytes_from(text, 1), "/"))
		return half_a_regexp;
	if (text.data[0] == '<' || text.data[text.len - 1] == '>')
		return "never matches: an address stands without < and > here";
	if (has_any(domain, "*") || (at == text.data + 1 && *text.data == '*'))
		return "never matches: * is no wildcard here; a domain stands "
		       "for all in it and below it";
	if (has_any(domain, ",;"))
		return "never matches: one address a line";
	if (at == text.data)
		return "never matches: all of a domain is the domain without @";
	return doubt_of_domain(domain);
}

static const char *
doubt_of_network(struct bytes text, const struct entry *entry)
{
	const char *slash = memchr(text.data, '/', text.len);
	struct address address;

	if (slash == NULL)
		return NULL;
	text.len = (size_t)(slash - text.data);
	if (address_parse(text, &address) &&
	    memcmp(address.octets, entry->key + 2, sizeof(address.octets)) != 0)
		return "has bits set behind its prefix; it matches the whole "
		       "network";
	return NULL;
}

const char *
list_entry_doubt(
    enum list_kind kind, struct bytes text, const struct entry *entry)
{
	const char *doubt;

	if (entry->key[0] == ENTRY_REGEXP)
		return NULL;
	if (entry->key[0] == ENTRY_NETWORK)
		return doubt_of_network(text, entry);
	if (kind != LIST_CLIENTS)
		return doubt_of_mailbox(text);
	doubt = doubt_of_client(text);
	return doubt == NULL ? doubt_of_domain(text) : doubt;
}
