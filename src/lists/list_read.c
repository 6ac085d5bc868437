/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/types.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/time_parts.h"
#include "list_fields.h"
#include "list_name.h"

/* Of a good entry; its line is 0 if it is repeated. */
static void
doubt_entry(
    struct list_line *line, struct bytes text, const struct list_entry *entry)
{
	const char *doubt = list_doubt(
	    line->list->kind, text, entry, line->reason);

	if (doubt != NULL)
		list_line_complain(line, LIST_DOUBTFUL, text, doubt);
	else if (line->list->kind == LIST_CLIENTS && entry->line != 0 &&
	    entry->delay == LIST_PASSES && list_is_sweeping(entry))
		list_line_complain(line, LIST_SWEEPING, text,
		    "every client without reverse DNS has the name "
		    "\"unknown\", so all of them pass; take the entry out, or "
		    "give it a delay");
}

static void
doubt_glued(struct list_line *line)
{
	const char *hash = memchr(line->glued.data, '#', line->glued.len);
	struct bytes front = { line->glued.data,
		(size_t)(hash - line->glued.data) };
	char shown[LIST_SHOWN_MAX];

	snprintf(line->reason, sizeof(line->reason),
	    "the # begins a comment, so that only \"%s\" counts; write a blank "
	    "before a comment, and \\x23 for a # in a /regexp/",
	    list_show(front, shown));
	list_line_complain(line, LIST_DOUBTFUL, line->glued, line->reason);
}

/* NULL, or why the line is not an entry. */
static const char *
add_entry(struct list_line *line, struct bytes text)
{
	struct list_entry *entry, *there;
	const char *problem;

	line->about = text;
	problem = list_entry_make(line->list->kind, text, &entry, line->reason);
	if (problem != NULL)
		return problem;
	there = list_table_find(line->list, entry->key, entry->len);
	problem = list_fields_add(line, there == NULL ? entry : there);
	if (problem == NULL && line->glued.len > 0)
		doubt_glued(line);
	else if (problem == NULL)
		doubt_entry(line, text, entry);
	if (problem == NULL && there == NULL)
		return list_table_add(line->list, entry) ? NULL :
							   list_no_memory;
	list_table_free_entry(entry);
	return problem;
}

/* Notes the newest date of those that comments have, such as 2026-11-22. */
static void
note_date(struct list *list, struct bytes comment)
{
	struct time_parts date;
	int64_t day;

	for (size_t i = 0; i + TIME_DATE_LENGTH <= comment.len; i++) {
		if (!bytes_is_digit(comment.data[i]) ||
		    !time_read_date(comment.data + i, &date) ||
		    date.month < 0 || date.month > 11 || date.day < 1 ||
		    date.day > 31)
			continue;
		date.hour = date.minute = date.second = 0;
		day = time_parts_utc(&date);
		if (day > list->newest)
			list->newest = day;
	}
}

/* Cuts the comment off, and notes the word that it was cut from. */
static void
cut_comment(struct list_line *line)
{
	const char *hash = memchr(line->rest.data, '#', line->rest.len);
	struct bytes after;
	size_t len;

	line->glued.len = 0;
	if (hash == NULL)
		return;
	len = (size_t)(hash - line->rest.data);
	after = bytes_from(line->rest, len);
	note_date(line->list, after);
	line->rest.len = len;
	while (len > 0 && !bytes_is_blank(line->rest.data[len - 1]))
		len--;
	line->glued = bytes_from(line->rest, len);
	if (line->glued.len > 0)
		line->glued.len += list_line_word(after);
}

/* The ends of lines that Windows writes harm other programs, not this one. */
static void
cut_end(struct list_line *line)
{
	struct bytes *rest = &line->rest;

	if (rest->len > 0 && rest->data[rest->len - 1] == '\n')
		rest->len--;
	if (rest->len == 0 || rest->data[rest->len - 1] != '\r')
		return;
	if (!line->carriage_return)
		list_line_complain(line, LIST_DOUBTFUL,
		    (struct bytes){ NULL, 0 },
		    "lines end with a carriage return (U+000D), as on Windows, "
		    "which is taken for a blank; remove them: sed -i "
		    "'s/\\r$//'");
	line->carriage_return = true;
	while (rest->len > 0 && rest->data[rest->len - 1] == '\r')
		rest->len--;
}

static void
cut_byte_order_mark(struct list_line *line)
{
	const struct bytes mark = bytes_of("\xef\xbb\xbf");

	if (line->number != 1 || !bytes_begin_with(line->rest, mark))
		return;
	line->rest = bytes_from(line->rest, mark.len);
	list_line_complain(line, LIST_DOUBTFUL, (struct bytes){ NULL, 0 },
	    "the file begins with a byte-order mark (U+FEFF), which is left "
	    "out here; save it as UTF-8 without one");
}

static void
add_line(struct list_line *line)
{
	const char *problem = NULL;
	struct bytes text;

	cut_end(line);
	cut_byte_order_mark(line);
	cut_comment(line);
	line->whole = line->about = bytes_trim(line->rest);
	if (memchr(line->rest.data, '\0', line->rest.len) != NULL)
		problem = "there is a NUL byte in it; save the file as plain "
			  "text, in UTF-8";
	else if (memchr(line->whole.data, '\r', line->whole.len) != NULL)
		problem = "there is a carriage return (U+000D) inside; end "
			  "lines with LF";
	else if ((text = list_line_field(line)).len > 0)
		problem = add_entry(line, text);
	line->no_memory = problem == list_no_memory;
	if (problem != NULL && !line->no_memory)
		list_line_complain(line, LIST_IGNORED, line->about, problem);
}

static int
read_lines(struct list_line *line, FILE *in)
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
	struct list_line line = { .complain = complaint, .argument = argument };
	const char *name;
	int error;

	if (in == NULL)
		return errno;
	name = list_name_new(file);
	line.list = name == NULL ? NULL : list_table_new(kind, name);
	list_name_drop(name);
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
