/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/batv.h"
#include "list_table.h"

/*
 * Senders write what they like: of a name only as much is looked up as the DNS
 * can hold, and of user+a+b+c only this many forms.
 */
enum { SUFFIX_MAX = 256, EXTENSIONS_MAX = 8 };

/* What is looked for, and where to put what is found. */
struct search {
	const struct list *list;
	const struct list_subject *subject;
	struct list_match *match;
};

/* True: the entry holds for the client, and *match is filled in. */
static bool
take(const struct search *search, const struct list_entry *entry)
{
	if (entry->clients != NULL &&
	    list_find(entry->clients, search->subject, search->match))
		return true;
	if (entry->line == 0)
		return false;
	*search->match = (struct list_match){ search->list->file, entry->line,
		entry->delay, entry->never };
	return true;
}

static bool
find_key(const struct search *search, const char *key, size_t len)
{
	const struct list_entry *entry = list_table_find(
	    search->list, key, len);

	return entry != NULL && take(search, entry);
}

static bool
find_regexp(const struct search *search, struct bytes subject)
{
	const struct list *list = search->list;
	const struct list_entry *entry = list->regexps;

	for (; entry != NULL; entry = entry->next_regexp) {
		if (pcre2_match(entry->regexp, (PCRE2_SPTR)subject.data,
			subject.len, 0, 0, list->match, list->limits) >= 0 &&
		    take(search, entry))
			return true;
	}
	return false;
}

/* The subject in lower case, with room for a type byte in front of it. */
struct folded {
	char text[1 + LIST_SUBJECT_MAX];
	size_t len;
};

/* False: there is nothing to find, or the subject is too long to be. */
static bool
fold(const struct list *list, struct bytes subject, struct folded *folded)
{
	if (list->entries == NULL || subject.len > LIST_SUBJECT_MAX)
		return false;
	folded->text[0] = LIST_ENTRY_NAME;
	folded->len = subject.len;
	for (size_t i = 0; i < subject.len; i++)
		folded->text[1 + i] = bytes_lower(subject.data[i]);
	return true;
}

/* Looks up what begins at `from`, as a name. */
static bool
find_name_at(const struct search *search, struct folded *folded, size_t from)
{
	char *key = folded->text + from;
	char saved = *key;
	bool found;

	*key = LIST_ENTRY_NAME;
	found = find_key(search, key, 1 + folded->len - from);
	*key = saved;
	return found;
}

/* The names after each of the separators, the longest first. */
static bool
find_suffix(
    const struct search *search, struct folded *folded, const char *separators)
{
	size_t i = folded->len > SUFFIX_MAX ? folded->len - SUFFIX_MAX : 0;

	for (; i < folded->len; i++) {
		char c = folded->text[1 + i];

		if (c != '\0' && strchr(separators, c) != NULL &&
		    find_name_at(search, folded, i + 1))
			return true;
	}
	return false;
}

static bool
find_client(const struct search *search)
{
	struct bytes name = search->subject->client_name;
	const struct list_entry *network;
	struct folded folded;

	if (fold(search->list, name, &folded) &&
	    (find_name_at(search, &folded, 0) ||
		find_suffix(search, &folded, ".")))
		return true;
	network = list_table_find_network(
	    search->list, &search->subject->client);
	return (network != NULL && take(search, network)) ||
	    find_regexp(search, name);
}

/* user@domain and user@, where `user_len` bytes are the user. */
static bool
find_user(const struct search *search, const struct folded *folded,
    size_t user_len, size_t at)
{
	char key[1 + LIST_SUBJECT_MAX];

	key[0] = LIST_ENTRY_USER;
	memcpy(key + 1, folded->text + 1, user_len);
	memcpy(key + 1 + user_len, folded->text + 1 + at, folded->len - at);
	return find_key(search, key, 1 + user_len + folded->len - at) ||
	    find_key(search, key, 1 + user_len + 1);
}

/* The local part as it is, and without the extensions that it may have. */
static bool
find_any_user(const struct search *search, const struct folded *folded)
{
	const char *text = folded->text + 1;
	const char *at = memchr(text, '@', folded->len);
	size_t plus[EXTENSIONS_MAX], count = 0, local;

	if (at == NULL)
		return false;
	local = (size_t)(at - text);
	if (find_user(search, folded, local, local))
		return true;
	for (size_t i = 0; i + 1 < local && count < EXTENSIONS_MAX; i++) {
		if (text[i] == '+')
			plus[count++] = i;
	}
	while (count-- > 0) {
		if (find_user(search, folded, plus[count], local))
			return true;
	}
	return false;
}

static bool
find_mailbox(const struct search *search, struct bytes mailbox)
{
	struct folded folded;

	if (fold(search->list, mailbox, &folded) &&
	    (find_any_user(search, &folded) ||
		find_suffix(search, &folded, ".@")))
		return true;
	return find_regexp(search, mailbox);
}

/*
 * user@domain of prvs=tag=user@domain, as in the key of a triplet. False: there
 * is no tag.
 */
static bool
remove_tag(struct bytes sender, char out[static LIST_SUBJECT_MAX], size_t *len)
{
	const char *at = memchr(sender.data, '@', sender.len);
	struct bytes local, domain;

	if (at == NULL || sender.len > LIST_SUBJECT_MAX)
		return false;
	domain = bytes_from(sender, (size_t)(at - sender.data));
	local = batv_local(
	    (struct bytes){ sender.data, sender.len - domain.len });
	*len = local.len + domain.len;
	if (*len == sender.len)
		return false;
	memcpy(out, local.data, local.len);
	memcpy(out + local.len, domain.data, domain.len);
	return true;
}

/* What is written for the tagged address itself is found, too. */
static bool
find_sender(const struct search *search, struct bytes sender)
{
	const char null_sender[] = { LIST_ENTRY_NULL_SENDER };
	char text[LIST_SUBJECT_MAX];
	size_t len;

	if (sender.len == 0 &&
	    find_key(search, null_sender, sizeof(null_sender)))
		return true;
	if (remove_tag(sender, text, &len) &&
	    find_mailbox(search, (struct bytes){ text, len }))
		return true;
	return find_mailbox(search, sender);
}

bool
list_find(const struct list *list, const struct list_subject *subject,
    struct list_match *match)
{
	const struct search search = { list, subject, match };

	switch (list->kind) {
	case LIST_CLIENTS:
		return find_client(&search);
	case LIST_RECIPIENTS:
		return find_mailbox(&search, subject->recipient);
	case LIST_SENDERS:
		return find_sender(&search, subject->sender);
	}
	return false;
}
