/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "restrictions.h"

/* How deep restriction classes may lie in each other. */
enum { DEPTH_MAX = 8 };

#define CHECK "check_policy_service"

static bool
is(const char *word, const char *name)
{
	return strcasecmp(word, name) == 0;
}

/* "name=value" or "name = value"; NULL: another name. */
static const char *
option_value(const char *word, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(word, name, len) != 0)
		return NULL;
	word += len + strspn(word + len, WORDS_BLANKS);
	if (*word != '=')
		return NULL;
	return word + 1 + strspn(word + 1, WORDS_BLANKS);
}

static void
keep_option(char *out, size_t size, const char *value)
{
	if (value != NULL)
		snprintf(out, size, "%s", value);
}

/* What stands after check_policy_service: "name", or "name, options". */
static void
read_check(struct restrictions *restrictions, char *argument)
{
	struct words words;

	words_split(argument, WORDS_LIST, &words);
	if (words.count == 0 ||
	    !service_is_endpoint(restrictions->service, words.word[0],
		restrictions->master->queue)) {
		restrictions->others = true;
		return;
	}
	restrictions->found = true;
	for (size_t i = 1; i < words.count; i++) {
		keep_option(restrictions->timeout,
		    sizeof(restrictions->timeout),
		    option_value(words.word[i], "timeout"));
		keep_option(restrictions->default_action,
		    sizeof(restrictions->default_action),
		    option_value(words.word[i], "default_action"));
	}
}

static void read_list(
    struct restrictions *restrictions, const char *list, int depth);

static bool
is_class(const struct restrictions *restrictions, const char *word)
{
	struct words classes;
	bool found = false;
	char *copy = strdup(
	    postconf_value(&restrictions->master->postconf.expanded,
		"smtpd_restriction_classes"));

	if (copy == NULL)
		return false;
	words_split(copy, WORDS_LIST, &classes);
	for (size_t i = 0; i < classes.count && !found; i++)
		found = is(word, classes.word[i]);
	free(copy);
	return found;
}

static void
read_word(struct restrictions *restrictions, const char *word, int depth)
{
	if (is(word, "reject_unauth_destination") ||
	    is(word, "defer_unauth_destination"))
		restrictions->unauthorized = true;
	else if (is(word, "reject_unlisted_recipient"))
		restrictions->unlisted = true;
	else if (is(word, "permit") || is(word, "reject") || is(word, "defer"))
		restrictions->ended = true;
	else if (is_class(restrictions, word))
		read_list(restrictions,
		    postconf_value(
			&restrictions->master->postconf.expanded, word),
		    depth + 1);
}

static void
read_list(struct restrictions *restrictions, const char *list, int depth)
{
	char *copy = depth < DEPTH_MAX ? strdup(list) : NULL;
	struct words words;

	if (copy == NULL)
		return;
	words_split(copy, WORDS_LIST, &words);
	for (size_t i = 0; i < words.count && !restrictions->found; i++) {
		if (is(words.word[i], CHECK) && i + 1 < words.count)
			read_check(restrictions, words.word[++i]);
		else
			read_word(restrictions, words.word[i], depth);
		if (!restrictions->found)
			restrictions->warn_only = is(
			    words.word[i], "warn_if_reject");
	}
	free(copy);
}

void
restrictions_read(struct restrictions *restrictions, const char *list)
{
	restrictions->ended = restrictions->warn_only = false;
	read_list(restrictions, list, 0);
}

bool
restrictions_class_asks(
    const struct master *master, const struct master_service *service)
{
	const struct postconf_lines *lines = &master->postconf.expanded;
	struct words classes;
	bool found = false;
	char *copy = strdup(postconf_value(lines, "smtpd_restriction_classes"));

	if (copy == NULL)
		return false;
	words_split(copy, WORDS_LIST, &classes);
	for (size_t i = 0; i < classes.count && !found; i++) {
		struct restrictions restrictions = { .master = master,
			.service = service };

		restrictions_read(
		    &restrictions, postconf_value(lines, classes.word[i]));
		found = restrictions.found;
	}
	free(copy);
	return found;
}

/* The end of the word or of the braces that begin here. */
static size_t
argument_length(const char *text)
{
	size_t len = 0;
	int depth = 0;

	if (*text != '{')
		return strcspn(text, WORDS_LIST);
	do {
		depth += text[len] == '{';
		depth -= text[len] == '}';
		len++;
	} while (depth > 0 && text[len] != '\0');
	return len;
}

/* The word CHECK whose argument names the service; *argument: where that is. */
static const char *
find_check(const struct restrictions *restrictions, const char *list,
    const char **argument, size_t *len)
{
	const char *at = list;
	struct restrictions one;
	char *copy;

	while ((at = strcasestr(at, CHECK)) != NULL) {
		*argument = at + strlen(CHECK);
		*argument += strspn(*argument, WORDS_LIST);
		*len = argument_length(*argument);
		one = *restrictions;
		one.found = false;
		copy = strndup(at, (size_t)(*argument + *len - at));
		if (copy == NULL)
			return NULL;
		restrictions_read(&one, copy);
		free(copy);
		if (one.found)
			return at;
		at = *argument;
	}
	return NULL;
}

bool
restrictions_mend(const struct restrictions *restrictions, const char *list,
    const char *before, char *out, size_t size)
{
	const char *argument, *name;
	size_t len, name_len;
	const char *at = find_check(restrictions, list, &argument, &len);
	int used;

	if (at == NULL)
		return false;
	name = argument + (*argument == '{');
	name += strspn(name, WORDS_BLANKS);
	name_len = strcspn(name, WORDS_LIST "}");
	used = snprintf(out, size,
	    "%.*s%s" CHECK " { %.*s, timeout=%s, default_action=%s }%s",
	    (int)(at - list), list, before, (int)name_len, name,
	    restrictions->timeout[0] == '\0' ? "10s" : restrictions->timeout,
	    restrictions->default_action[0] == '\0' ?
		"DUNNO" :
		restrictions->default_action,
	    argument + len);
	return used >= 0 && (size_t)used < size;
}
