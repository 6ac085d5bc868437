/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows the text of an entry: delay= and never after clients and
 * recipients, clients after senders.
 */
#include <stdio.h>
#include <strings.h>

#include "common/defaults.h"
#include "common/num.h"
#include "list_fields.h"

static const char delay_name[] = "delay=";

static bool
is_delay(struct bytes field)
{
	return field.len >= strlen(delay_name) &&
	    strncasecmp(field.data, delay_name, strlen(delay_name)) == 0;
}

static bool
is_word(struct bytes field, const char *word)
{
	return field.len == strlen(word) &&
	    strncasecmp(field.data, word, field.len) == 0;
}

static bool
is_never(struct bytes field)
{
	return is_word(field, "never");
}

/* A table of postscreen's, such as postwhite writes, has it after a network. */
static bool
is_permit(const struct list_line *line, struct bytes field,
    const struct list_entry *entry)
{
	return line->list->kind == LIST_CLIENTS && is_word(field, "permit") &&
	    entry->key[0] == LIST_ENTRY_NETWORK;
}

/* Those used to access(5) write them; here they mean nothing. */
static bool
is_action(struct bytes field)
{
	static const char *const actions[] = { "ok", "dunno", "permit", "pass",
		"reject", "defer", "discard", "hold", "relay" };

	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		if (is_word(field, actions[i]))
			return true;
	}
	return false;
}

static const char *
about_delay(struct list_line *line, struct bytes value, const char *why)
{
	char shown[LIST_SHOWN_MAX];

	snprintf(line->reason, sizeof(line->reason), "the delay \"%s\" %s",
	    list_show(value, shown), why);
	return line->reason;
}

static const char *
add_delay(struct list_line *line, struct bytes field, struct list_entry *entry)
{
	const struct num_range range = { 0, SECONDS_100_YEARS };
	char text[32], reason[NUM_REASON_MAX];
	struct bytes value = bytes_from(field, strlen(delay_name));

	if (entry->delay >= 0)
		return "there is more than one delay";
	if (value.len >= sizeof(text))
		return about_delay(line, value, "is too long");
	snprintf(text, sizeof(text), "%.*s", (int)value.len, value.data);
	if (num_duration(text, 1, range, &entry->delay, reason))
		return NULL;
	return about_delay(line, value, reason);
}

static const char *
about_action(struct list_line *line, struct bytes field, const char *what)
{
	snprintf(line->reason, sizeof(line->reason),
	    "%s; leave out \"%.*s\": all that is on a list is treated alike",
	    what, (int)field.len, field.data);
	return line->reason;
}

/* A word after a client or a recipient. */
static const char *
add_word(struct list_line *line, struct bytes field, struct list_entry *entry)
{
	if (is_delay(field))
		return add_delay(line, field, entry);
	if (is_permit(line, field, entry))
		return NULL;
	if (is_action(field))
		return about_action(line, field, "there are no actions here");
	if (!is_never(field))
		return "there is a blank inside; write one entry per line";
	if (entry->never)
		return "the word \"never\" is there more than once";
	entry->never = true;
	if (entry->delay == LIST_PASSES)
		entry->delay = LIST_WAITS;
	return NULL;
}

static void
doubt_client(
    struct list_line *line, struct bytes field, const struct list_entry *client)
{
	const char *doubt = is_action(field) ?
	    about_action(line, field, "it is taken for the name of a client") :
	    list_doubt(LIST_CLIENTS, field, client, line->reason);

	if (doubt != NULL)
		list_line_complain(line, LIST_DOUBTFUL, field, doubt);
	else if (list_is_sweeping(client))
		list_line_complain(line, LIST_SWEEPING, field,
		    "every client without reverse DNS has the name "
		    "\"unknown\", so the sender passes from all of them; name "
		    "the clients by their networks");
}

/* A client that the sender of the entry is bound to; it was checked. */
static const char *
bind_client(
    struct list_line *line, struct bytes field, struct list_entry *entry)
{
	struct list_entry *client;
	const struct list_entry *same;
	const char *problem;

	if (entry->clients == NULL)
		entry->clients = list_table_new(LIST_CLIENTS, line->list->file);
	if (entry->clients == NULL)
		return list_no_memory;
	problem = list_entry_make(LIST_CLIENTS, field, &client, line->reason);
	if (problem != NULL)
		return problem;
	client->line = line->number;
	doubt_client(line, field, client);
	same = list_table_find(entry->clients, client->key, client->len);
	if (same == NULL)
		return list_table_add(entry->clients, client) ? NULL :
								list_no_memory;
	snprintf(line->reason, sizeof(line->reason),
	    "this client of the sender is also on line %u, which counts",
	    same->line);
	list_line_complain(line, LIST_DOUBTFUL, field, line->reason);
	list_table_free_entry(client);
	return NULL;
}

/* All that follows a sender must be clients. */
static const char *
check_clients(struct list_line *line)
{
	const struct bytes rest = line->rest;
	struct bytes field = list_line_field(line);
	const char *problem = NULL;
	struct list_entry *client;

	for (; field.len > 0 && problem == NULL;
	     field = list_line_field(line)) {
		if (is_delay(field))
			return "only clients and recipients can have a delay";
		if (is_never(field))
			return "only clients and recipients can have the word "
			       "\"never\"";
		problem = list_entry_make(
		    LIST_CLIENTS, field, &client, line->reason);
		if (problem == NULL)
			list_table_free_entry(client);
		else
			line->about = field;
	}
	line->rest = rest;
	return problem;
}

const char *
list_fields_add(struct list_line *line, struct list_entry *entry)
{
	struct list_line ahead = *line;
	const char *problem = NULL;
	struct bytes field;

	if (entry->line != 0) {
		snprintf(line->reason, sizeof(line->reason),
		    "it is the same as line %u, which counts", entry->line);
		list_line_complain(
		    line, LIST_DOUBTFUL, line->about, line->reason);
		return NULL;
	}
	line->about = line->whole;
	if (line->list->kind == LIST_SENDERS &&
	    list_line_field(&ahead).len > 0) {
		problem = check_clients(line);
		while (
		    problem == NULL && (field = list_line_field(line)).len > 0)
			problem = bind_client(line, field, entry);
	} else {
		while (
		    problem == NULL && (field = list_line_field(line)).len > 0)
			problem = add_word(line, field, entry);
		entry->line = line->number;
	}
	line->list->count += problem == NULL;
	return problem;
}
