/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/conf_line.h"
#include "unit.h"

static struct conf_line
take_apart(const char *text)
{
	static char line[200];

	unit_about(text);
	snprintf(line, sizeof(line), "%s", text);
	return conf_line(line, strlen(line));
}

static void
settings(void)
{
	static const struct {
		const char *line, *name, *value;
	} rows[] = {
		{ "delay = 300s", "delay", "300s" },
		{ "delay=5m", "delay", "5m" },
		{ " \tdelay\t=  5m \t\r", "delay", "5m" },
		{ "delay = 5m # five", "delay", "5m" },
		{ "delay = 5m\t#", "delay", "5m" },
		{ "greylist-text = see http://example.org/#why",
		    "greylist-text", "see http://example.org/#why" },
		{ "greylist-text = a = b", "greylist-text", "a = b" },
		{ "hostname =", "hostname", "" },
		{ "hostname = # none", "hostname", "" },
		{ "hostname = \"\"", "hostname", "" },
		{ "x = \" a # b \"  # c", "x", " a # b " },
		{ "x = \"a \\\"b\\\" \\\\ \\n\"", "x", "a \"b\" \\ \\n" },
		{ "x = a \"b\"", "x", "a \"b\"" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct conf_line line = take_apart(rows[i].line);

		if (!CHECK_NUMBER(line.kind, CONF_SETTING))
			continue;
		CHECK_TEXT(line.name, rows[i].name);
		CHECK_TEXT(line.value, rows[i].value);
	}
}

static void
headings_and_nothing(void)
{
	CHECK_NUMBER(take_apart("").kind, CONF_NOTHING);
	CHECK_NUMBER(take_apart(" \t\r").kind, CONF_NOTHING);
	CHECK_NUMBER(take_apart("# delay = 5").kind, CONF_NOTHING);
	CHECK_NUMBER(take_apart("  #[grey-check]").kind, CONF_NOTHING);
	CHECK_NUMBER(take_apart("[grey-check]").kind, CONF_HEADING);
	CHECK_TEXT(take_apart("[grey-check]").name, "grey-check");
	CHECK_TEXT(take_apart(" [ log-stats ]  # its own").name, "log-stats");
}

static void
problems(void)
{
	static const struct {
		const char *line, *problem;
	} rows[] = {
		{ "delay", "is not \"name = value\"" },
		{ "delay 300", "is not \"name = value\"" },
		{ "= 300", "has no name before the =" },
		{ "--delay = 300", "a name has no dashes before it here" },
		{ "the delay = 300",
		    "a name has no blanks; a line is \"name = value\"" },
		{ "x = \"a",
		    "has no second quote (\"); within quotes, \\\" is one" },
		{ "x = \"a\\\"",
		    "has no second quote (\"); within quotes, \\\" is one" },
		{ "x = \"a\" b",
		    "has something after the second quote; within quotes, "
		    "\\\" is one" },
		{ "[grey-check", "is not a heading such as [grey-check]" },
		{ "[grey-check] delay = 5",
		    "is not a heading such as [grey-check]" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct conf_line line = take_apart(rows[i].line);

		CHECK(line.kind == CONF_BAD ||
		    (line.kind == CONF_HEADING && line.name == NULL));
		CHECK_TEXT(
		    line.problem == NULL ? "" : line.problem, rows[i].problem);
	}
	unit_about("a NUL byte");
	CHECK_NUMBER(conf_line((char[]){ "x = a\0b" }, 7).kind, CONF_BAD);
}

/* What is quoted comes back as it was. */
static void
quotes(void)
{
	static const char *const rows[] = { "", "a", "a b", " a", "a ", "#a",
		"a #b", "a#b", "\"a\"", "a\\b", " \\\" ", "\"", "\\" };
	char quoted[100], line[sizeof(quoted) + 20];

	for (size_t i = 0; i < ROWS(rows); i++) {
		conf_quote(rows[i], quoted);
		snprintf(line, sizeof(line), "x = %s  # default", quoted);
		CHECK_TEXT(take_apart(line).value, rows[i]);
	}
}

const struct unit_test unit_conf_line[] = {
	{ "conf: a setting is a name and a value, without blanks and comment",
	    settings },
	{ "conf: a heading is a name, and what is only a comment is nothing",
	    headings_and_nothing },
	{ "conf: what is neither is refused with the reason", problems },
	{ "conf: a value that is quoted where it must be comes back", quotes },
	{ NULL, NULL }
};
