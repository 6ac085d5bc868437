/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "list_table.h"

/* A regexp of an administrator may be bad, but may not hold up the mail. */
enum { REGEXP_MATCH_LIMIT = 200000 };

struct list *
list_new(enum list_kind kind)
{
	struct list *list = calloc(1, sizeof(*list));

	if (list == NULL)
		return NULL;
	list->kind = kind;
	list->last_regexp = &list->regexps;
	list->match = pcre2_match_data_create(1, NULL);
	list->limits = pcre2_match_context_create(NULL);
	if (list->match == NULL || list->limits == NULL) {
		list_free(list);
		return NULL;
	}
	pcre2_set_match_limit(list->limits, REGEXP_MATCH_LIMIT);
	return list;
}

void
list_free(struct list *list)
{
	struct entry *entry, *next;
	struct regexp *regexp;

	HASH_ITER(hh, list->entries, entry, next)
	{
		HASH_DEL(list->entries, entry);
		free(entry);
	}
	while ((regexp = list->regexps) != NULL) {
		list->regexps = regexp->next;
		pcre2_code_free(regexp->code);
		free(regexp);
	}
	pcre2_match_data_free(list->match);
	pcre2_match_context_free(list->limits);
	free(list);
}

bool
list_table_has(const struct list *list, const char *key, size_t len)
{
	struct entry *entry;

	HASH_FIND(hh, list->entries, key, (unsigned)len, entry);
	return entry != NULL;
}

size_t
list_table_network_key(const struct address *address, unsigned prefix,
    char key[static NETWORK_KEY_SIZE])
{
	struct address cut = *address;

	address_cut(&cut, prefix);
	key[0] = ENTRY_NETWORK;
	key[1] = (char)prefix;
	memcpy(key + 2, cut.octets, sizeof(cut.octets));
	return NETWORK_KEY_SIZE;
}

static bool
matches_regexp(const struct list *list, struct bytes subject)
{
	for (const struct regexp *regexp = list->regexps; regexp != NULL;
	     regexp = regexp->next) {
		if (pcre2_match(regexp->code, (PCRE2_SPTR)subject.data,
			subject.len, 0, 0, list->match, list->limits) >= 0)
			return true;
	}
	return false;
}

/* The subject in lower case, with room for a type byte in front of it. */
struct folded {
	char text[1 + LIST_SUBJECT_MAX];
	size_t len;
};

static void
fold(struct bytes subject, struct folded *folded)
{
	folded->text[0] = ENTRY_NAME;
	folded->len = subject.len;
	for (size_t i = 0; i < subject.len; i++)
		folded->text[1 + i] = bytes_lower(subject.data[i]);
}

/* Looks up what begins at `from`, as a name. */
static bool
has_name_at(const struct list *list, struct folded *folded, size_t from)
{
	char *key = folded->text + from;
	char saved = *key;
	bool found;

	*key = ENTRY_NAME;
	found = list_table_has(list, key, 1 + folded->len - from);
	*key = saved;
	return found;
}

static bool
has_network(const struct list *list, const struct address *address)
{
	char key[NETWORK_KEY_SIZE];

	for (unsigned prefix = 0; prefix <= ADDRESS_BITS; prefix++) {
		if (list->prefix_used[prefix] &&
		    list_table_has(list, key,
			list_table_network_key(address, prefix, key)))
			return true;
	}
	return false;
}

bool
list_has_client(
    const struct list *list, struct bytes name, const struct address *address)
{
	struct folded folded;

	if (list->entries != NULL && name.len <= LIST_SUBJECT_MAX) {
		fold(name, &folded);
		if (has_name_at(list, &folded, 0))
			return true;
		for (size_t i = 0; i < name.len; i++) {
			if (name.data[i] == '.' &&
			    has_name_at(list, &folded, i + 1))
				return true;
		}
	}
	return matches_regexp(list, name) || has_network(list, address);
}

/* user@ and user@domain, where `user_len` bytes are the user. */
static bool
has_user(const struct list *list, const struct folded *folded, size_t user_len,
    size_t at)
{
	char key[1 + LIST_SUBJECT_MAX];

	key[0] = ENTRY_USER;
	memcpy(key + 1, folded->text + 1, user_len);
	memcpy(key + 1 + user_len, folded->text + 1 + at, folded->len - at);
	return list_table_has(list, key, 1 + user_len + 1) ||
	    list_table_has(list, key, 1 + user_len + folded->len - at);
}

/* The local part as it is, and without each extension that it may have. */
static bool
has_any_user(const struct list *list, const struct folded *folded)
{
	const char *text = folded->text + 1;
	const char *at = memchr(text, '@', folded->len);
	size_t local;

	if (at == NULL)
		return false;
	local = (size_t)(at - text);
	if (has_user(list, folded, local, local))
		return true;
	for (size_t i = 0; i + 1 < local; i++) {
		if (text[i] == '+' && has_user(list, folded, i, local))
			return true;
	}
	return false;
}

bool
list_has_recipient(const struct list *list, struct bytes recipient)
{
	struct folded folded;

	if (list->entries != NULL && recipient.len <= LIST_SUBJECT_MAX) {
		fold(recipient, &folded);
		if (has_any_user(list, &folded))
			return true;
		for (size_t i = 0; i < recipient.len; i++) {
			if ((recipient.data[i] == '.' ||
				recipient.data[i] == '@') &&
			    has_name_at(list, &folded, i + 1))
				return true;
		}
	}
	return matches_regexp(list, recipient);
}
