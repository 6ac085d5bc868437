/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "common/defaults.h"
#include "lists.h"

enum { LOOK_INTERVAL = 1000 };

static bool
ends_with(const char *text, const char *end)
{
	size_t text_len = strlen(text), end_len = strlen(end);

	return text_len >= end_len &&
	    strcmp(text + text_len - end_len, end) == 0;
}

static void
add_file(struct list_set *set, const char *path, bool optional)
{
	list_file_init(&set->files[set->count++], path, optional);
}

static void
init_set(
    struct list_set *set, enum list_kind kind, const struct opt_texts *files)
{
	set->kind = kind;
	set->count = 0;
	for (size_t i = 0; i < files->count; i++)
		add_file(
		    set, files->text[i], ends_with(files->text[i], ".local"));
}

static void
init_set_with_default(struct list_set *set, enum list_kind kind,
    const struct opt_texts *files, const char *local, const char *fallback)
{
	init_set(set, kind, files);
	if (set->count > 0)
		return;
	add_file(set, local, true);
	add_file(set, fallback, true);
}

#define DEFAULT_FILES(name) LIST_DIRECTORY name ".local", LIST_DIRECTORY name

void
lists_init(struct lists *lists, const struct settings *settings)
{
	init_set_with_default(&lists->clients, LIST_CLIENTS,
	    &settings->client_lists, DEFAULT_FILES("whitelist_clients"));
	init_set_with_default(&lists->recipients, LIST_RECIPIENTS,
	    &settings->recipient_lists, DEFAULT_FILES("whitelist_recipients"));
	init_set_with_default(&lists->senders, LIST_SENDERS,
	    &settings->sender_lists, DEFAULT_FILES("whitelist_senders"));
	init_set(
	    &lists->greylisted, LIST_RECIPIENTS, &settings->greylisted_lists);
	lists->next_look = 0;
}

static void
free_set(struct list_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		list_file_free(&set->files[i]);
}

void
lists_free(struct lists *lists)
{
	free_set(&lists->clients);
	free_set(&lists->recipients);
	free_set(&lists->senders);
	free_set(&lists->greylisted);
}

static bool
refresh_set(struct list_set *set)
{
	bool usable = true;

	for (size_t i = 0; i < set->count; i++) {
		list_file_refresh(&set->files[i], set->kind);
		usable = usable && set->files[i].usable;
	}
	return usable;
}

bool
lists_refresh(struct lists *lists, int64_t now)
{
	if (now < lists->next_look)
		return lists->usable;
	lists->next_look = now + LOOK_INTERVAL;
	lists->usable = refresh_set(&lists->clients);
	lists->usable &= refresh_set(&lists->recipients);
	lists->usable &= refresh_set(&lists->senders);
	lists->usable &= refresh_set(&lists->greylisted);
	return lists->usable;
}

static unsigned
check_set(struct list_set *set)
{
	unsigned problems = 0;

	for (size_t i = 0; i < set->count; i++) {
		problems += list_file_check(&set->files[i], set->kind);
		for (size_t j = 0; j < i; j++)
			problems += list_file_compare(
			    &set->files[j], &set->files[i]);
	}
	return problems;
}

unsigned
lists_check(struct lists *lists)
{
	unsigned problems = check_set(&lists->clients);

	problems += check_set(&lists->recipients);
	problems += check_set(&lists->senders);
	return problems + check_set(&lists->greylisted);
}

bool
lists_find(const struct list_set *set, const struct list_subject *subject,
    struct list_match *match)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->files[i].list != NULL &&
		    list_find(set->files[i].list, subject, match))
			return true;
	}
	return false;
}
