/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/num.h"
#include "list_entry.h"

/* Of a name in the DNS, in its text form: RFC 1035, 2.3.4. */
enum { NAME_MAX_LENGTH = 253, LABEL_MAX_LENGTH = 63 };

static const char half_a_regexp
    [] = "begins like a regular expression, but has no / at its end";
static const char bad_character
    [] = "never matches: it has a character that host names do not have";

static bool
has(struct bytes text, char c)
{
	return memchr(text.data, c, text.len) != NULL;
}

/*
 * Names of clients that Postfix's valid_hostname() does not accept are
 * "unknown". The domain of an address may hold UTF-8, too.
 */
static bool
has_bad_character(struct bytes domain, bool utf8_is_good)
{
	for (size_t i = 0; i < domain.len; i++) {
		char c = bytes_lower(domain.data[i]);

		if ((c < 'a' || c > 'z') && !bytes_is_digit(c) && c != '-' &&
		    c != '_' && c != '.' &&
		    !(utf8_is_good && (unsigned char)c >= 0x80))
			return true;
	}
	return false;
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

static const char *
doubt_of_client(struct bytes name)
{
	struct bytes last_label = bytes_after_last(name, '.');
	int64_t number;

	if (name.data[0] == '/')
		return half_a_regexp;
	if (has(name, '@'))
		return "never matches: clients have names, without @";
	if (has(name, '*'))
		return "never matches: * is not a wildcard here; a domain "
		       "stands for all below it";
	if (has_bad_character(name, false))
		return bad_character;
	/* As in 192.0.2.1-192.0.2.9. */
	if (last_label.len < name.len && num_decimal(last_label, &number))
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

	if (memrchr(text.data, '/', text.len) == text.data)
		return half_a_regexp;
	if (front == 0 &&
	    address_parse_network(text, &address, &prefix) == NULL)
		return "never matches: clients do not belong in this list";
	if (text.data[0] == '<' || text.data[text.len - 1] == '>')
		return "never matches: an address is written without < and > "
		       "here";
	if (has(domain, '*') || (front == 2 && *text.data == '*'))
		return "never matches: * is not a wildcard here; a domain "
		       "stands for all in it and below it";
	if (has(domain, ',') || has(domain, ';'))
		return "never matches: one address a line";
	if (front == 1)
		return "never matches: for all of a domain, write the domain "
		       "without @";
	/* What is not a name stands as [192.0.2.1] or [IPv6:...]. */
	if (domain.len > 0 && domain.data[0] != '[' &&
	    has_bad_character(domain, true))
		return bad_character;
	return doubt_of_domain(domain);
}

const char *
list_doubt(
    enum list_kind kind, struct bytes text, const struct list_entry *entry)
{
	struct address address, cut;
	unsigned prefix;

	if (entry->key[0] == LIST_ENTRY_REGEXP ||
	    entry->key[0] == LIST_ENTRY_NULL_SENDER)
		return NULL;
	if (entry->key[0] == LIST_ENTRY_NETWORK) {
		cut = list_entry_address(entry);
		if (address_parse_network(text, &address, &prefix) != NULL ||
		    memcmp(&address, &cut, sizeof(cut)) == 0)
			return NULL;
		return "has bits set after its prefix; it matches the whole "
		       "network";
	}
	return kind == LIST_CLIENTS ? doubt_of_client(text) :
				      doubt_of_mailbox(text);
}
