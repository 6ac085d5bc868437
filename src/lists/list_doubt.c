/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <stdio.h>

#include "common/num.h"
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
static const char no_character
    [] = "never matches: it has a character that names of hosts don't have";

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
	if (has_empty_label(domain))
		return "never matches: a domain neither begins nor ends with a "
		       "dot, and has no two in a row";
	if (has_long_label(domain))
		return "never matches: it is longer than a domain can be";
	return NULL;
}

/* As in 192.0.2.1-192.0.2.9: of several labels the last is a number. */
static bool
ends_with_number(struct bytes name)
{
	const char *dot = memrchr(name.data, '.', name.len);
	int64_t number;

	return dot != NULL &&
	    num_decimal(
		bytes_from(name, (size_t)(dot + 1 - name.data)), &number);
}

static const char *
doubt_of_client(struct bytes name)
{
	if (name.data[0] == '/')
		return half_a_regexp;
	if (has_any(name, "@"))
		return "never matches: clients have names, without @";
	if (has_any(name, "*"))
		return "never matches: * is no wildcard here; a domain stands "
		       "for all below it";
	for (size_t i = 0; i < name.len; i++) {
		if (!is_of_host(name.data[i]))
			return no_character;
	}
	if (ends_with_number(name))
		return "never matches: no name of a host ends with a number";
	return doubt_of_domain(name);
}

static bool
is_network(struct bytes text)
{
	struct address address;
	unsigned prefix;

	return address_parse_network(text, &address, &prefix) == NULL;
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
	if (at == NULL && is_network(text))
		return "never matches: clients don't stand in this list";
	if (text.data[0] == '<' || text.data[text.len - 1] == '>')
		return "never matches: an address stands without < and > here";
	if (has_any(domain, "*") || (at == text.data + 1 && *text.data == '*'))
		return "never matches: * is no wildcard here; a domain stands "
		       "for all in it and below it";
	if (has_any(domain, ",;"))
		return "never matches: one address a line";
	if (at == text.data)
		return "never matches: all of a domain is the domain without @";
	return is_of_domain(domain) ? doubt_of_domain(domain) : no_character;
}

static const char *
doubt_of_network(struct bytes text, const struct entry *entry)
{
	struct address address, cut = list_table_address(entry);
	unsigned prefix;

	/* Leading octets are parsed as such, and have none. */
	if (address_parse_network(text, &address, &prefix) == NULL &&
	    memcmp(&address, &cut, sizeof(cut)) != 0)
		return "has bits set behind its prefix; it matches the whole "
		       "network";
	return NULL;
}

const char *
list_entry_doubt(
    enum list_kind kind, struct bytes text, const struct entry *entry)
{
	if (entry->key[0] == ENTRY_REGEXP)
		return NULL;
	if (entry->key[0] == ENTRY_NETWORK)
		return doubt_of_network(text, entry);
	return kind == LIST_CLIENTS ? doubt_of_client(text) :
				      doubt_of_mailbox(text);
}

/* What of a key is asked for in an earlier list already. */
static void
compare_entry(const struct entry *entry, const struct list *first,
    const struct list *later, list_complaint *complain, void *argument)
{
	const struct entry *other = list_table_find(
	    first, entry->key, entry->len);
	const struct entry *client;
	char problem[PATH_MAX + 64];

	if (other == NULL || other->line == 0)
		return;
	snprintf(problem, sizeof(problem), "is the same as %s:%u, which counts",
	    first->file, other->line);
	if (entry->line != 0)
		complain(
		    argument, LIST_DOUBTFUL, later->file, entry->line, problem);
	if (entry->clients == NULL)
		return;
	client = entry->clients->entries;
	for (; client != NULL; client = client->hh.next)
		complain(argument, LIST_DOUBTFUL, later->file, client->line,
		    problem);
}

void
list_compare(const struct list *first, const struct list *later,
    list_complaint *complain, void *argument)
{
	const struct entry *entry;

	for (entry = later->entries; entry != NULL; entry = entry->hh.next)
		compare_entry(entry, first, later, complain, argument);
}
