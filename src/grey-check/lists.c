/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "defaults.h"
#include "lists.h"

static void
complain(void *argument, const char *file, unsigned line, const char *problem)
{
	struct lists *lists = argument;

	lists->bad_lines++;
	msg(MSG_WARN, "%s:%u: %s; the line is ignored", file, line, problem);
}

static bool
ends_with(const char *text, const char *end)
{
	size_t text_len = strlen(text), end_len = strlen(end);

	return text_len >= end_len &&
	    strcmp(text + text_len - end_len, end) == 0;
}

static void
read_file(struct lists *lists, struct list *list, const char *file,
    bool may_be_missing)
{
	int error = list_read(list, file, complain, lists);

	if (error == 0 || (error == ENOENT && may_be_missing))
		return;
	lists->unreadable++;
	msg(MSG_ERROR, "%s: can't read this list: %s", file, strerror(error));
}

static void
read_all(struct lists *lists, struct list *list, const struct opt_texts *files,
    const char *fallback, const char *fallback_local)
{
	for (size_t i = 0; i < files->count; i++)
		read_file(lists, list, files->text[i],
		    ends_with(files->text[i], ".local"));
	if (files->count > 0)
		return;
	read_file(lists, list, fallback, true);
	read_file(lists, list, fallback_local, true);
}

bool
lists_read(struct lists *lists, const struct settings *settings)
{
	lists->bad_lines = lists->unreadable = 0;
	lists->clients = list_new(LIST_CLIENTS);
	lists->recipients = list_new(LIST_RECIPIENTS);
	if (lists->clients == NULL || lists->recipients == NULL)
		return false;
	read_all(lists, lists->clients, &settings->client_lists,
	    LIST_DIRECTORY "whitelist_clients",
	    LIST_DIRECTORY "whitelist_clients.local");
	read_all(lists, lists->recipients, &settings->recipient_lists,
	    LIST_DIRECTORY "whitelist_recipients",
	    LIST_DIRECTORY "whitelist_recipients.local");
	return true;
}

void
lists_free(struct lists *lists)
{
	if (lists->clients != NULL)
		list_free(lists->clients);
	if (lists->recipients != NULL)
		list_free(lists->recipients);
}
