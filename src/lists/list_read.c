/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/types.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "common/defaults.h"
#include "common/num.h"

#include "list_table.h"

/* The line that is being read: fields with blanks between them. */
struct line {
	struct list *list;
	unsigned number;
	struct bytes rest; /* what was not looked at yet */
	list_complaint *complain;
	void *argument;
	bool no_memory;
	char reason[LIST_PROBLEM_MAX];	      /* of an entry */
	char problem[LIST_PROBLEM_MAX + 144]; /* the same, with its text */
};

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Empty: no more are left. */
static struct bytes
next_field(struct line *line)
{
	struct bytes field;
	size_t len = 0;

	while (line->rest.len > 0 && is_blank(line->rest.data[0]))
		line->rest = bytes_from(line->rest, 1);
	while (len < line->rest.len && !is_blank(line->rest.data[len]))
		len++;
	field = (struct bytes){ line->rest.data, len };
	line->rest = bytes_from(line->rest, len);
	return field;
}

static const char *
about_field(
    struct line *line, const char *what, struct bytes field, const char *why)
{
	snprintf(line->problem, sizeof(line->problem), "%s '%.*s', which %s",
	    what, (int)(field.len < 100 ? field.len : 100), field.data, why);
	return line->problem;
}

static const char delay_name[] = "delay=";

static bool
is_delay(struct bytes field)
{
	return field.len >= strlen(delay_name) &&
	    strncasecmp(field.data, delay_name, strlen(delay_name)) == 0;
}

static bool
is_never(struct bytes field)
{
	return field.len == strlen("never") &&
	    strncasecmp(field.data, "never", field.len) == 0;
}

static const char *
add_delay(struct line *line, struct bytes field, struct list_entry *entry)
{
	const struct num_range range = { 0, SECONDS_100_YEARS };
	char text[32], reason[NUM_REASON_MAX];
	struct bytes value = bytes_from(field, strlen(delay_name));

	if (entry->delay >= 0)
		return "has more than one delay";
	if (value.len >= sizeof(text))
		return about_field(
		    line, "has a delay of", value, "is too long");
	snprintf(text, sizeof(text), "%.*s", (int)value.len, value.data);
	if (num_duration(text, 1, range, &entry->delay, reason))
		return NULL;
	return about_field(line, "has a delay of", value, reason);
}

/* A word after a client or a recipient. */
static const char *
add_word(struct line *line, struct bytes field, struct list_entry *entry)
{
	if (is_delay(field))
		return add_delay(line, field, entry);
	if (!is_never(field))
		return "has blanks inside; one entry a line";
	if (entry->never)
		return "has the word 'never' more than once";
	entry->never = true;
	if (entry->delay == LIST_PASSES)
		entry->delay = LIST_WAITS;
	return NULL;
}

static void
complain(struct line *line, enum list_finding finding, const char *problem)
{
	line->complain(
	    line->argument, finding, line->list->file, line->number, problem);
}

static void
complain_of_repeat(struct line *line, const char *what, unsigned where)
{
	char problem[64];

	snprintf(
	    problem, sizeof(problem), "%s line %u, which counts", what, where);
	complain(line, LIST_DOUBTFUL, problem);
}

/* A client that the sender of the entry is bound to; it was checked. */
static const char *
bind_client(struct line *line, struct bytes field, struct list_entry *entry)
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
	problem = list_doubt(LIST_CLIENTS, field, client);
	if (problem != NULL)
		complain(line, LIST_DOUBTFUL,
		    about_field(line, "is bound to", field, problem));
	same = list_table_find(entry->clients, client->key, client->len);
	if (same == NULL)
		return list_table_add(entry->clients, client) ? NULL :
								list_no_memory;
	complain_of_repeat(line, "repeats a client of", same->line);
	list_table_free_entry(client);
	return NULL;
}

/* All that follows a sender must be clients. */
static const char *
check_clients(struct line *line)
{
	const struct bytes rest = line->rest;
	struct bytes field = next_field(line);
	const char *problem = NULL;
	struct list_entry *client;

	for (; field.len > 0 && problem == NULL; field = next_field(line)) {
		if (is_delay(field))
			return "has a delay, which only clients and recipients "
			       "can have";
		if (is_never(field))
			return "has the word 'never', which only clients and "
			       "recipients can have";
		problem = list_entry_make(
		    LIST_CLIENTS, field, &client, line->reason);
		if (problem == NULL)
			list_table_free_entry(client);
		else if (problem != list_no_memory)
			problem = about_field(
			    line, "is bound to", field, problem);
	}
	line->rest = rest;
	return problem;
}

/* What follows the text of an entry, which may stand on other lines, too. */
static const char *
add_fields(struct line *line, struct list_entry *entry)
{
	struct line ahead = *line;
	const char *problem = NULL;
	struct bytes field;

	if (entry->line != 0) {
		complain_of_repeat(line, "is the same as", entry->line);
		return NULL;
	}
	if (line->list->kind == LIST_SENDERS && next_field(&ahead).len > 0) {
		problem = check_clients(line);
		while (problem == NULL && (field = next_field(line)).len > 0)
			problem = bind_client(line, field, entry);
	} else {
		while (problem == NULL && (field = next_field(line)).len > 0)
			problem = add_word(line, field, entry);
		entry->line = line->number;
	}
	line->list->count += problem == NULL;
	return problem;
}

/* NULL, or why the line is not an entry. */
static const char *
add_entry(struct line *line, struct bytes text)
{
	struct list_entry *entry, *there;
	const char *problem = list_entry_make(
	    line->list->kind, text, &entry, line->reason);
	const char *doubt;

	if (problem != NULL)
		return problem;
	doubt = list_doubt(line->list->kind, text, entry);
	there = list_table_find(line->list, entry->key, entry->len);
	problem = add_fields(line, there == NULL ? entry : there);
	if (problem == NULL && doubt != NULL)
		complain(line, LIST_DOUBTFUL, doubt);
	if (problem == NULL && there == NULL)
		return list_table_add(line->list, entry) ? NULL :
							   list_no_memory;
	list_table_free_entry(entry);
	return problem;
}

static void
add_line(struct line *line)
{
	const char *comment = memchr(line->rest.data, '#', line->rest.len);
	const char *problem = NULL;
	struct bytes text;

	if (comment != NULL)
		line->rest.len = (size_t)(comment - line->rest.data);
	if (memchr(line->rest.data, '\0', line->rest.len) != NULL)
		problem = "has a NUL byte";
	else if ((text = next_field(line)).len > 0)
		problem = add_entry(line, text);
	line->no_memory = problem == list_no_memory;
	if (problem != NULL && !line->no_memory)
		complain(line, LIST_IGNORED, problem);
}

static int
read_lines(struct line *line, FILE *in)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t n;
	int error;

	errno = 0;
	while (!line->no_memory && (n = getline(&text, &size, in)) != -1) {
		line->number++;
		line->rest = (struct bytes){ text, (size_t)n };
		add_line(line);
	}
	error = line->no_memory ? ENOMEM : ferror(in) || !feof(in) ? errno : 0;
	free(text);
	return error;
}

int
list_read(enum list_kind kind, const char *file, list_complaint *complaint,
    void *argument, struct list **list)
{
	FILE *in = fopen(file, "re");
	struct line line = { .complain = complaint, .argument = argument };
	int error;

	if (in == NULL)
		return errno;
	line.list = list_table_new(kind, file);
	error = line.list == NULL ? ENOMEM : read_lines(&line, in);
	if (error == 0 && !list_table_finish(line.list))
		error = ENOMEM;
	fclose(in);
	if (error == 0)
		*list = line.list;
	else
		list_free(line.list);
	return error;
}
