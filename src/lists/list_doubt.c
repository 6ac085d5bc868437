/* SPDX-License-Identifier: BSD-2-Clause */
#include "list_character.h"
#include "list_doubt_client.h"
#include "list_doubt_common.h"
#include "list_doubt_mailbox.h"

static const char *
doubt_of_network(
    struct bytes text, const struct list_entry *entry, char *problem)
{
	struct address address, cut = list_entry_address(entry);
	unsigned prefix;

	if (address_parse_network(text, &address, &prefix) != NULL ||
	    memcmp(&address, &cut, sizeof(cut)) == 0)
		return NULL;
	return list_doubt_say(problem,
	    "it has bits set after its prefix, and matches the whole network");
}

const char *
list_doubt(enum list_kind kind, struct bytes text,
    const struct list_entry *entry, char problem[static LIST_PROBLEM_MAX])
{
	bool is_regexp = entry->key[0] == LIST_ENTRY_REGEXP;
	const char *doubt = list_character_doubt(
	    text, is_regexp, problem, LIST_PROBLEM_MAX);

	if (doubt != NULL || is_regexp ||
	    entry->key[0] == LIST_ENTRY_NULL_SENDER)
		return doubt;
	if (entry->key[0] == LIST_ENTRY_NETWORK)
		return doubt_of_network(text, entry, problem);
	return kind == LIST_CLIENTS ? list_doubt_of_client(text, problem) :
				      list_doubt_of_mailbox(text, problem);
}

bool
list_is_sweeping(const struct list_entry *client)
{
	static const char unknown[] = "unknown";
	pcre2_match_data *match;
	bool matches;

	if (client->key[0] == LIST_ENTRY_NAME)
		return bytes_equal(
		    (struct bytes){ client->key + 1, client->len - 1 },
		    bytes_of(unknown));
	match = client->regexp == NULL ? NULL :
					 pcre2_match_data_create(1, NULL);
	if (match == NULL)
		return false;
	matches = pcre2_match(client->regexp, (PCRE2_SPTR)unknown,
		      strlen(unknown), 0, 0, match, NULL) >= 0;
	pcre2_match_data_free(match);
	return matches;
}
