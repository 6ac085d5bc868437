/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/num.h"
#include "list_doubt_client.h"
#include "list_doubt_common.h"

#define NETWORKS "write networks, such as 192.0.2.0/24 or 192.0.2"

static const char *
doubt_of_wildcard(struct bytes name, char *problem)
{
	struct bytes text = name;

	while (text.len > 1 &&
	    (text.data[text.len - 1] == '*' || text.data[text.len - 1] == '.'))
		text.len--;
	if (text.len < name.len && list_doubt_has_only(text, "0123456789."))
		return list_doubt_say(problem,
		    "it never matches: * is not a wildcard here; " NETWORKS);
	while (text.len > 1 && (text.data[0] == '*' || text.data[0] == '.'))
		text = bytes_from(text, 1);
	if (list_doubt_has(text, '*') || text.data == name.data ||
	    text.data[-1] != '.')
		return list_doubt_say(problem,
		    "it never matches: * is not a wildcard here; a domain "
		    "stands for all below it, and there is /regexp/");
	return list_doubt_rewrite(problem, "* is not a wildcard here", text,
	    ", which stands for all below it");
}

/* Numbers that were probably meant as an address. */
static const char *
doubt_of_numbers(struct bytes name, char *problem)
{
	struct bytes last_label = bytes_after_last(name, '.');
	int64_t number;

	if (list_doubt_is_number(name) && num_decimal(name, &number) &&
	    number <= 255)
		return list_doubt_say(problem,
		    "it never matches: it is a bare number, and no host has "
		    "such a name; if the network is meant, write %lld.0.0.0/8",
		    (long long)number);
	if (list_doubt_has_only(name, "0123456789./"))
		return list_doubt_say(problem,
		    "it never matches: it is neither a name nor an address; "
		    "if a network is meant, write all of it, such as "
		    "10.0.0.0/8");
	/* As in 192.0.2.1-192.0.2.9. */
	if (last_label.len < name.len && last_label.len > 0 &&
	    list_doubt_has_only(last_label, "0123456789-"))
		return list_doubt_say(problem,
		    "it never matches: no host name ends with a number; for a "
		    "range of addresses " NETWORKS);
	return NULL;
}

static const char *
doubt_of_colon(struct bytes name, char *problem)
{
	struct bytes port = bytes_after_last(name, ':');

	if (port.len == name.len || !list_doubt_is_number(port))
		return NULL;
	return list_doubt_rewrite(problem, "clients have no ports here",
	    (struct bytes){ name.data, name.len - port.len - 1 }, "");
}

const char *
list_doubt_of_client(struct bytes name, char *problem)
{
	struct bytes domain = bytes_after_last(name, '@');
	const char *doubt;

	if (name.data[0] == '/')
		return list_doubt_of_half_regexp(name, problem);
	doubt = list_doubt_of_dress(name, problem);
	if (doubt != NULL)
		return doubt;
	if (domain.len < name.len && domain.len > 0)
		return list_doubt_rewrite(
		    problem, "clients have names, without @", domain, "");
	if (domain.len < name.len)
		return list_doubt_say(
		    problem, "it never matches: clients have names, without @");
	if (list_doubt_has(name, '*'))
		return doubt_of_wildcard(name, problem);
	if (name.len > 2 && name.data[0] == '[' &&
	    name.data[name.len - 1] == ']')
		return list_doubt_rewrite(problem,
		    "addresses are written without [ and ] here",
		    (struct bytes){ name.data + 1, name.len - 2 }, "");
	doubt = doubt_of_colon(name, problem);
	if (doubt == NULL)
		doubt = doubt_of_numbers(name, problem);
	if (doubt == NULL)
		doubt = list_doubt_of_bad_character(name, false, problem);
	return doubt != NULL ? doubt : list_doubt_of_domain(name, problem);
}
