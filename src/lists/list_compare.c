/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <stdio.h>

#include "list_character.h"
#include "list_table.h"

/* A network as text, into out. */
static struct bytes
network_text(const struct list_entry *network, char *out, size_t size)
{
	struct address address = list_entry_address(network);
	unsigned prefix = list_entry_prefix(network), whole = ADDRESS_BITS;
	size_t len = address_text(&address, out);

	if (address_is_ipv4(&address) && prefix >= ADDRESS_IPV4_PREFIX) {
		prefix -= ADDRESS_IPV4_PREFIX;
		whole -= ADDRESS_IPV4_PREFIX;
	}
	if (prefix < whole)
		len += (size_t)snprintf(out + len, size - len, "/%u", prefix);
	return (struct bytes){ out, len };
}

static void
describe(const struct list_entry *entry, const struct list *first,
    unsigned first_line, char *problem, size_t size)
{
	char network[ADDRESS_TEXT_MAX + sizeof("/128")], shown[LIST_SHOWN_MAX];
	bool is_regexp = entry->key[0] == LIST_ENTRY_REGEXP;
	struct bytes text = { entry->key + 1, entry->len - 1 };

	if (entry->key[0] == LIST_ENTRY_NETWORK)
		text = network_text(entry, network, sizeof(network));
	if (entry->key[0] == LIST_ENTRY_NULL_SENDER)
		text = bytes_of("<>");
	snprintf(problem, size,
	    "\"%s%s%s\": it is the same as %s:%u, which counts",
	    is_regexp ? "/" : "", list_show(text, shown), is_regexp ? "/" : "",
	    first->file, first_line);
}

void
list_compare(const struct list *first, const struct list *later,
    list_complaint *complain, void *argument)
{
	const struct list_entry *entry = later->entries, *other, *client;
	char problem[PATH_MAX + LIST_PROBLEM_MAX];

	for (; entry != NULL; entry = entry->hh.next) {
		other = list_table_find(first, entry->key, entry->len);
		if (other == NULL || other->line == 0)
			continue;
		describe(entry, first, other->line, problem, sizeof(problem));
		if (entry->line != 0)
			complain(argument, LIST_DOUBTFUL, later->file,
			    entry->line, problem);
		if (entry->clients == NULL)
			continue;
		client = entry->clients->entries;
		for (; client != NULL; client = client->hh.next)
			complain(argument, LIST_DOUBTFUL, later->file,
			    client->line, problem);
	}
}
