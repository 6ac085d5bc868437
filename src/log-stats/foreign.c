/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "common/text.h"
#include "foreign.h"
#include "log-stats/tables/memory.h"

/* The front of a line, or what it holds, and what such lines are. */
static const struct shape {
	const char *front, *part, *kind;
} shapes[] = {
	{ "LPKSHHRH", NULL,
	    "a file of the systemd journal (journalctl --file=FILE)" },
	{ "{", NULL, "JSON of another program" },
	{ "<", NULL, "HTML or XML" },
	{ "From ", NULL, "a mailbox, not a log" },
	{ "Return-Path:", NULL, "a message, not a log" },
	{ "Received:", NULL, "a message, not a log" },
	{ "#", NULL, "a configuration file" },
	{ "", " HTTP/1.", "a web server's log" },
	{ "", " HTTP/2", "a web server's log" },
	{ "", " <= ", "exim's main log" },
	{ "", " => ", "exim's main log" },
	{ "connect from ", NULL, "Postfix' texts alone (journalctl -o cat)" },
	{ "disconnect from ", NULL,
	    "Postfix' texts alone (journalctl -o cat)" },
	{ "", ": to=<", "Postfix' texts without a program before them" },
	{ "", "NOQUEUE: ", "Postfix' texts without a program before them" },
	{ "", "connect from ", "Postfix' texts without a program before them" },
};

static const char *
kind_of(struct bytes line)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		const struct shape *shape = &shapes[i];

		if (bytes_begin_with(line, bytes_of(shape->front)) &&
		    (shape->part == NULL ||
			memmem(line.data, line.len, shape->part,
			    strlen(shape->part)) != NULL))
			return shape->kind;
	}
	return "of no form that is known";
}

static void
note_program(struct foreign *foreign, struct bytes program)
{
	char name[FOREIGN_NAME_MAX] = { 0 };

	text_printable(program, name, sizeof(name) - 1);
	for (size_t i = 0; i < foreign->programs; i++)
		if (strcmp(foreign->program[i], name) == 0)
			return;
	if (foreign->programs == FOREIGN_PROGRAMS)
		foreign->has_more = true;
	else
		memcpy(
		    foreign->program[foreign->programs++], name, sizeof(name));
}

void
foreign_note(
    struct foreign *foreign, const struct entry *entry, struct bytes line)
{
	if (foreign->lines < FOREIGN_LINES) {
		char *shown = foreign->line[foreign->lines++];

		shown[text_printable(line, shown, FOREIGN_TEXT_MAX - 1)] = '\0';
	}
	if (entry != NULL && entry->writer->program.len > 0) {
		if (!foreign->has_more)
			note_program(foreign, entry->writer->program);
	} else if (foreign->kind == NULL)
		foreign->kind = kind_of(line);
}

static void
put_programs(const struct foreign *foreign, FILE *out)
{
	fputs("of ", out);
	for (size_t i = 0; i < foreign->programs; i++)
		fprintf(out, "%s%s",
		    i == 0 ? "" :
			i + 1 == foreign->programs && !foreign->has_more ?
			     " and " :
			     ", ",
		    foreign->program[i]);
	if (foreign->has_more)
		fputs(" and others", out);
}

char *
foreign_say(const struct foreign *foreign)
{
	char *text = NULL;
	size_t size;
	FILE *out = memory_need(open_memstream(&text, &size));

	if (foreign->lines > 0) {
		fputs(" Its first lines seem to be ", out);
		if (foreign->programs > 0)
			put_programs(foreign, out);
		else
			fputs(foreign->kind, out);
		for (size_t i = 0; i < foreign->lines; i++)
			fprintf(out, "%s\"%s\"", i == 0 ? ": " : ", ",
			    foreign->line[i]);
		putc(';', out);
	}
	fclose(out);
	return memory_need(text);
}
