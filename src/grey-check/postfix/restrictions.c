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
read_option(struct restrictions *restrictions, const char *word)
{
	const char *timeout = option_value(word, "timeout");
	const char *action = option_value(word, "default_action");
	char *others = restrictions->options;
	size_t used = strlen(others);
	bool blanks = word[strcspn(word, WORDS_LIST)] != '\0';

	if (timeout != NULL)
		snprintf(restrictions->timeout, sizeof(restrictions->timeout),
		    "%s", timeout);
	else if (action != NULL)
		snprintf(restrictions->default_action,
		    sizeof(restrictions->default_action), "%s", action);
	else
		snprintf(others + used, sizeof(restrictions->options) - used,
		    blanks ? ", { %s }" : ", %s", word);
}

static bool
is_asked_as(const struct restrictions *restrictions, const char *endpoint)
{
	return (restrictions->meant != NULL &&
		   strcmp(endpoint, restrictions->meant) == 0) ||
	    service_is_endpoint(
		restrictions->service, endpoint, restrictions->master->queue);
}

/* What stands after check_policy_service: "name", or "name, options". */
static void
read_check(struct restrictions *restrictions, char *argument)
{
	struct words words;
	const char *name;

	words_split(argument, WORDS_LIST, &words);
	name = words.count > 0 ? words.word[0] : "";
	if (!is_asked_as(restrictions, name)) {
		restrictions->others = true;
		return;
	}
	restrictions->found = true;
	snprintf(
	    restrictions->endpoint, sizeof(restrictions->endpoint), "%s", name);
	for (size_t i = 1; i < words.count; i++)
		read_option(restrictions, words.word[i]);
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

/*
 * Nothing after it is looked at; for mail to one's own domains, of which alone
 * permit_auth_destination speaks.
 */
static bool
ends(const char *word)
{
	return is(word, "permit") || is(word, "reject") || is(word, "defer") ||
	    is(word, "permit_auth_destination");
}

static void
read_end(struct restrictions *restrictions, const char *word)
{
	bool refuses = is(word, "reject") || is(word, "defer");

	if (restrictions->ended[0] == '\0') {
		snprintf(restrictions->ended, sizeof(restrictions->ended), "%s",
		    word);
		restrictions->closed = refuses;
		restrictions->own_permitted = !is(word, "permit") && !refuses;
	} else if (restrictions->own_permitted && refuses)
		restrictions->unauthorized = true;
}

static void
read_word(struct restrictions *restrictions, const char *word, int depth)
{
	if (is(word, "reject_unauth_destination") ||
	    is(word, "defer_unauth_destination"))
		restrictions->unauthorized = true;
	else if (is(word, "reject_unlisted_recipient"))
		restrictions->unlisted = true;
	else if (ends(word) && !restrictions->warn_only)
		read_end(restrictions, word);
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
		char *word = words.word[i], none[] = "";

		if (is(word, CHECK))
			read_check(restrictions,
			    i + 1 < words.count ? words.word[++i] : none);
		else
			read_word(restrictions, word, depth);
		if (!restrictions->found)
			restrictions->warn_only = is(word, "warn_if_reject");
	}
	free(copy);
}

void
restrictions_read(struct restrictions *restrictions, const char *list)
{
	if (restrictions->found)
		return;
	restrictions->ended[0] = '\0';
	restrictions->closed = restrictions->own_permitted = false;
	restrictions->warn_only = false;
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

/* Where it stands in the text of a list; NULL: it does not. */
struct places {
	const char *end;   /* permit or the like, before the check */
	const char *check; /* with the warn_if_reject before it */
	const char *after; /* the check's argument */
};

/* Does this argument of a check name the service? */
static bool
names_service(
    const struct restrictions *restrictions, const char *argument, size_t len)
{
	struct restrictions one = *restrictions;
	char *copy = strndup(argument, len);
	struct words words;

	one.found = false;
	if (copy == NULL)
		return false;
	words_split(copy, WORDS_LIST, &words);
	read_check(&one, words.count > 0 ? words.word[0] : copy);
	free(copy);
	return one.found;
}

static struct places
find_places(const struct restrictions *restrictions, const char *list)
{
	struct places places = { NULL, NULL, NULL };
	const char *at, *argument, *warn = NULL;
	size_t len;
	char word[32]; /* what is longer is none of those that count */

	while ((at = words_next(list, WORDS_LIST, &len)) != NULL) {
		snprintf(word, sizeof(word), "%.*s", (int)len, at);
		list = at + len;
		if (places.end == NULL && warn == NULL && ends(word))
			places.end = at;
		if (is(word, CHECK)) {
			argument = words_next(list, WORDS_LIST, &len);
			list = argument == NULL ? list + strlen(list) :
						  argument + len;
			if (names_service(restrictions,
				argument == NULL ? list : argument, len)) {
				places.check = warn != NULL ? warn : at;
				places.after = list;
				return places;
			}
		}
		warn = is(word, "warn_if_reject") ? at : NULL;
	}
	return places;
}

static void
cut_separators(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && strchr(WORDS_LIST, text[len - 1]) != NULL)
		len--;
	text[len] = '\0';
}

bool
restrictions_place(const struct restrictions *restrictions, const char *list,
    const char *instead, char *out, size_t size)
{
	struct places places = find_places(restrictions, list);
	const char *end = list + strlen(list);
	const char *check = places.check != NULL ? places.check : end;
	const char *after = places.check != NULL ? places.after : end;
	const char *at = places.end != NULL ? places.end : check;
	int used;

	if ((places.check == NULL) == restrictions->found)
		return false;
	if (at != check || *instead == '\0')
		after += strspn(after, WORDS_LIST);
	used = snprintf(out, size, "%.*s%s%s%s%.*s%s", (int)(at - list), list,
	    at == end && at > list ? ", " : "", instead,
	    at != check && *instead != '\0' ? ", " : "", (int)(check - at), at,
	    after);
	if (used < 0 || (size_t)used >= size)
		return false;
	cut_separators(out);
	return true;
}
