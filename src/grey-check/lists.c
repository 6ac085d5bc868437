/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "common/defaults.h"
#include "lists.h"

enum { LOOK_INTERVAL = 1000 };

/* The default list stands after its .local; NULL: there are none. */
static void
init_set(struct list_set *set, enum list_kind kind,
    const struct opt_texts *given, const char *local, const char *fallback)
{
	set->kind = kind;
	set->count = 0;
	for (size_t i = 0; i < given->count; i++) {
		const char *dot = strrchr(given->text[i], '.');

		list_file_init(&set->files[set->count++], given->text[i],
		    dot != NULL && strcmp(dot, ".local") == 0);
	}
	if (set->count > 0 || fallback == NULL)
		return;
	list_file_init(&set->files[set->count++], local, true);
	list_file_init(&set->files[set->count++], fallback, true);
}

#define DEFAULT_FILES(name) LIST_DIRECTORY name ".local", LIST_DIRECTORY name

void
lists_init(struct lists *lists, const struct settings *settings)
{
	struct list_set *set = lists->set;

	init_set(&set[LISTS_CLIENTS], LIST_CLIENTS, &settings->client_lists,
	    DEFAULT_FILES("whitelist_clients"));
	init_set(&set[LISTS_RECIPIENTS], LIST_RECIPIENTS,
	    &settings->recipient_lists, DEFAULT_FILES("whitelist_recipients"));
	init_set(&set[LISTS_SENDERS], LIST_SENDERS, &settings->sender_lists,
	    DEFAULT_FILES("whitelist_senders"));
	init_set(&set[LISTS_GREYLISTED], LIST_RECIPIENTS,
	    &settings->greylisted_lists, NULL, NULL);
	lists->next_look = 0;
}

void
lists_free(struct lists *lists)
{
	for (int i = 0; i < LISTS_SETS; i++)
		for (size_t j = 0; j < lists->set[i].count; j++)
			list_file_free(&lists->set[i].files[j]);
}

bool
lists_refresh(struct lists *lists, int64_t now)
{
	if (now < lists->next_look)
		return lists->usable;
	lists->next_look = now + LOOK_INTERVAL;
	lists->usable = true;
	for (int i = 0; i < LISTS_SETS; i++) {
		struct list_set *set = &lists->set[i];

		for (size_t j = 0; j < set->count; j++) {
			list_file_refresh(&set->files[j], set->kind);
			lists->usable &= set->files[j].usable;
		}
	}
	return lists->usable;
}

unsigned
lists_check(struct lists *lists)
{
	unsigned problems = 0;

	for (int i = 0; i < LISTS_SETS; i++) {
		struct list_file *files = lists->set[i].files;

		for (size_t j = 0; j < lists->set[i].count; j++) {
			problems += list_file_check(
			    &files[j], lists->set[i].kind);
			for (size_t k = 0; k < j; k++)
				problems += list_file_compare(
				    &files[k], &files[j]);
		}
	}
	return problems;
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
