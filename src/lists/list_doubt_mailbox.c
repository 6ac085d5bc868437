/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <strings.h>

#include "list_character.h"
#include "list_doubt_mailbox.h"
#include "list_doubt_common.h"

/* One label, and yet likely to be meant as a domain. */
static bool
is_top_level(struct bytes name)
{
	static const char *const names[] = { "com", "net", "org", "edu", "gov",
		"mil", "int", "arpa", "biz", "localhost", "localdomain",
		"local", "lan", "home", "internal", "example", "test",
		"invalid", "onion" };

	if (name.len <= 2 || strncasecmp(name.data, "xn--", 4) == 0)
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (name.len == strlen(names[i]) &&
		    strncasecmp(name.data, names[i], name.len) == 0)
			return true;
	}
	return false;
}

/* As "abuse", or "mailer-daemon". */
static const char *
doubt_of_label(struct bytes name, char *problem)
{
	char shown[LIST_SHOWN_MAX];

	if (list_doubt_has(name, '.') ||
	    (is_top_level(name) && !list_doubt_is_number(name)))
		return NULL;
	list_show(name, shown);
	if (list_doubt_is_number(name))
		return list_doubt_say(problem,
		    "it never matches: no domain is a number; for this user "
		    "in all domains write \"%s@\"",
		    shown);
	return list_doubt_say(problem,
	    "it stands for a domain \"%s\" and all below it; for this user in "
	    "all domains write \"%s@\"",
	    shown, shown);
}

static const char *
doubt_of_wildcard(struct bytes domain, char *problem)
{
	while (domain.len > 0 && strchr("*.", domain.data[0]) != NULL)
		domain = bytes_from(domain, 1);
	while (domain.len > 0 && domain.data[domain.len - 1] == '.')
		domain.len--;
	if (domain.len == 0 || list_doubt_has(domain, '*'))
		return list_doubt_say(problem,
		    "it never matches: * is not a wildcard here; a domain "
		    "stands for all in it and below it, user@ for a user in "
		    "all domains");
	return list_doubt_rewrite(problem, "* is not a wildcard here", domain,
	    ", which stands for all in it and below it");
}

static const char *
doubt_of_brackets(struct bytes text, char *problem)
{
	while (text.len > 0 && text.data[0] == '<')
		text = bytes_from(text, 1);
	while (text.len > 0 && text.data[text.len - 1] == '>')
		text.len--;
	if (text.len == 0)
		return list_doubt_say(
		    problem, "it never matches: only senders can be empty");
	return list_doubt_rewrite(
	    problem, "addresses are written without < and > here", text, "");
}

/* What is not a name stands as [192.0.2.1] or [IPv6:...]. */
static const char *
doubt_of_domain(struct bytes domain, char *problem)
{
	const char *doubt = domain.len == 0 || domain.data[0] == '[' ?
	    NULL :
	    list_doubt_of_bad_character(domain, true, problem);

	return doubt != NULL ? doubt : list_doubt_of_domain(domain, problem);
}

static bool
is_half_regexp(struct bytes text)
{
	struct bytes flags = bytes_after_last(text, '/');

	return text.data[0] == '/' &&
	    (flags.len + 1 == text.len ||
		(flags.len <= 4 && !list_doubt_has(flags, '.')));
}

const char *
list_doubt_of_mailbox(struct bytes text, char *problem)
{
	struct bytes domain = bytes_after_last(text, '@');
	size_t front = text.len - domain.len; /* with the @, 0: there is none */
	struct address address;
	unsigned prefix;
	const char *doubt;

	if (is_half_regexp(text))
		return list_doubt_of_half_regexp(text, problem);
	if (front == 0 &&
	    (address_parse_network(text, &address, &prefix) == NULL ||
		(list_doubt_has(text, '.') && bytes_is_digit(text.data[0]) &&
		    list_doubt_has_only(text, "0123456789./-*"))))
		return list_doubt_say(problem,
		    "it never matches: clients do not belong in this list, but "
		    "in one of --whitelist-clients");
	doubt = list_doubt_of_dress(text, problem);
	if (doubt != NULL)
		return doubt;
	if (text.data[0] == '<' || text.data[text.len - 1] == '>')
		return doubt_of_brackets(text, problem);
	if (list_doubt_has(domain, '*') || (front == 2 && *text.data == '*'))
		return doubt_of_wildcard(domain, problem);
	/* A local part has them only between quotation marks. */
	if (text.data[0] != '"' &&
	    (list_doubt_has(text, ',') || list_doubt_has(text, ';')))
		return list_doubt_say(
		    problem, "it never matches: write one address per line");
	if (front == 1 && domain.len > 0)
		return list_doubt_rewrite(problem,
		    "a domain is written without @", domain,
		    ", which stands for all in it and below it");
	doubt = front == 1 ?
	    list_doubt_say(problem, "it never matches: a domain is missing") :
	    doubt_of_domain(domain, problem);
	if (doubt != NULL || front > 0)
		return doubt;
	return doubt_of_label(text, problem);
}
