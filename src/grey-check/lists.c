/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "common/defaults.h"
#include "lists.h"

enum { LOOK_INTERVAL = 1000 };

/* The default list stands after its .local; NULL: there are none. */
static void
name_files(struct list_set *set, const struct opt_texts *given,
    const char *local, const char *fallback)
{
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

static bool
has_same_files(const struct list_set *one, const struct list_set *other)
{
	bool same = one->count == other->count;

	for (size_t i = 0; same && i < one->count; i++)
		same = strcmp(one->files[i].path, other->files[i].path) == 0;
	return same;
}

static void
free_set(struct list_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		list_file_free(&set->files[i]);
}

/* Files that stay keep what was read of them. */
static void
set_files(struct list_set *set, enum list_kind kind,
    const struct opt_texts *given, const char *local, const char *fallback)
{
	static struct list_set named;

	named.kind = kind;
	named.count = 0;
	name_files(&named, given, local, fallback);
	if (has_same_files(set, &named)) {
		set->kind = kind;
		for (size_t i = 0; i < set->count; i++)
			set->files[i].path = named.files[i].path;
		return;
	}
	free_set(set);
	*set = named;
}

#define DEFAULT_FILES(name) LIST_DIRECTORY name ".local", LIST_DIRECTORY name

void
lists_set(struct lists *lists, const struct settings *settings)
{
	struct list_set *set = lists->set;

	set_files(&set[LISTS_CLIENTS], LIST_CLIENTS, &settings->client_lists,
	    DEFAULT_FILES("whitelist_clients"));
	set_files(&set[LISTS_RECIPIENTS], LIST_RECIPIENTS,
	    &settings->recipient_lists, DEFAULT_FILES("whitelist_recipients"));
	set_files(&set[LISTS_SENDERS], LIST_SENDERS, &settings->sender_lists,
	    DEFAULT_FILES("whitelist_senders"));
	set_files(&set[LISTS_GREYLISTED], LIST_RECIPIENTS,
	    &settings->greylisted_lists, NULL, NULL);
	for (int i = 0; i < LISTS_SETS; i++)
		for (size_t j = 0; j < set[i].count; j++)
			set[i].files[j].hides_entries = settings_hides(
			    settings);
	lists->next_look = 0;
}

void
lists_free(struct lists *lists)
{
	for (int i = 0; i < LISTS_SETS; i++)
		free_set(&lists->set[i]);
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
			list_file_refresh(
			    &set->files[j], set->kind, lists->store);
			lists->usable &= set->files[j].usable;
		}
	}
	return lists->usable;
}

static const char *const roles[LISTS_SETS] = {
	[LISTS_CLIENTS] = "clients that pass",
	[LISTS_RECIPIENTS] = "recipients that pass",
	[LISTS_SENDERS] = "senders that pass",
	[LISTS_GREYLISTED] = "the only recipients that are greylisted",
};

/* Of the file with this index, and what it repeats of those before it. */
static struct lists_facts
check_file(struct list_set *set, size_t index, const char *role)
{
	struct list_file *file = &set->files[index];
	struct lists_facts facts = { .path = file->path, .role = role };

	facts.problems = list_file_check(file, set->kind);
	for (size_t i = 0; i < index; i++)
		facts.problems += list_file_compare(&set->files[i], file);
	facts.readable = file->reported_error == 0;
	facts.exists = file->version.error == 0;
	facts.entries = list_count(file->list);
	facts.newest = list_newest(file->list);
	facts.changed = file->version.status.st_mtim.tv_sec;
	return facts;
}

unsigned
lists_check(struct lists *lists, lists_show *show, void *argument)
{
	unsigned problems = 0;

	for (int i = 0; i < LISTS_SETS; i++) {
		for (size_t j = 0; j < lists->set[i].count; j++) {
			struct lists_facts facts = check_file(
			    &lists->set[i], j, roles[i]);

			show(argument, &facts);
			problems += facts.problems;
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
