/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/num.h"
#include "list_doubt.h"

/* Of a name in the DNS, in its text form: RFC 1035, 2.3.4. */
enum { NAME_MAX_LENGTH = 253, LABEL_MAX_LENGTH = 63 };

/* What Postfix's valid_hostname() accepts; other names are "unknown". */
static bool
is_of_host(char c)
{
	c = bytes_lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	    c == '_' || c == '.';
}

static const char half_a_regexp
    [] = "begins like a regular expression, but has no / at its end";
static const char bad_character
    [] = "never matches: it has a character that host names do not have";

static bool
has_any(struct bytes text, const char *characters)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr(characters, text.data[i]) != NULL)
			return true;
	}
	return false;
}

/* Domains may hold UTF-8, and stand as [192.0.2.1] or [IPv6:...]. */
static bool
is_of_domain(struct bytes domain)
{
	if (domain.len > 0 && domain.data[0] == '[')
		return true;
	for (size_t i = 0; i < domain.len; i++) {
		if (!is_of_host(domain.data[i]) &&
		    (unsigned char)domain.data[i] < 0x80)
			return false;
	}
	return true;
}

static const char *
doubt_of_domain(struct bytes domain)
{
	size_t label = 0, longest = 0;

	for (size_t i = 0; i < domain.len; i++) {
		label = domain.data[i] == '.' ? 0 : label + 1;
		longest = label > longest ? label : longest;
		if (label == 0 &&
		    (i == 0 || i + 1 == domain.len ||
			domain.data[i + 1] == '.'))
			return "never matches: a domain neither begins nor "
			       "ends with a dot, and has no two in a row";
	}
	if (longest > LABEL_MAX_LENGTH || domain.len > NAME_MAX_LENGTH)
		return "never matches: it is longer than a domain can be";
	return NULL;
}

/* As in 192.0.2.1-192.0.2.9: of several labels the last is a number. */
static bool
ends_with_number(struct bytes name)
{
	struct bytes last = bytes_after_last(name, '.');
	int64_t number;

	return last.len < name.len && num_decimal(last, &number);
}

static const char *
doubt_of_client(struct bytes name)
{
	if (name.data[0] == '/')
		return half_a_regexp;
	if (has_any(name, "@"))
		return "never matches: clients have names, without @";
	if (has_any(name, "*"))
		return "never matches: * is not a wildcard here; a domain "
		       "stands for all below it";
	for (size_t i = 0; i < name.len; i++) {
		if (!is_of_host(name.data[i]))
			return bad_character;
	}
	if (ends_with_number(name))
		return "never matches: no host name ends with a number";
	return doubt_of_domain(name);
}

static const char *
doubt_of_mailbox(struct bytes text)
{
	struct bytes domain = bytes_after_last(text, '@');
	size_t front = text.len - domain.len; /* with the @, 0: there is none */
	struct address address;
	unsigned prefix;

	if (text.data[0] == '/' && !has_any(bytes_from(text, 1), "/"))
		return half_a_regexp;
	if (front == 0 &&
	    address_parse_network(text, &address, &prefix) == NULL)
		return "never matches: clients do not belong in this list";
	if (text.data[0] == '<' || text.data[text.len - 1] == '>')
		return "never matches: an address is written without < and > "
		       "here";
	if (has_any(domain, "*") || (front == 2 && *text.data == '*'))
		return "never matches: * is not a wildcard here; a domain "
		       "stands for all in it and below it";
	if (has_any(domain, ",;"))
		return "never matches: one address a line";
	if (front == 1)
		return "never matches: for all of a domain, write the domain "
		       "without @";
	return is_of_domain(domain) ? doubt_of_domain(domain) : bad_character;
}

static const char *
doubt_of_network(struct bytes text, const struct list_entry *entry)
{
	struct address address, cut = list_entry_address(entry);
	unsigned prefix;

	/* The first octets of an address have no bits after them. */
	if (address_parse_network(text, &address, &prefix) == NULL &&
	    memcmp(&address, &cut, sizeof(cut)) != 0)
		return "has bits set after its prefix; it matches the whole "
		       "network";
	return NULL;
}

const char *
list_doubt(
    enum list_kind kind, struct bytes text, const struct list_entry *entry)
{
	if (entry->key[0] == LIST_ENTRY_REGEXP)
		return NULL;
	if (entry->key[0] == LIST_ENTRY_NETWORK)
		return doubt_of_network(text, entry);
	return kind == LIST_CLIENTS ? doubt_of_client(text) :
				      doubt_of_mailbox(text);
}
