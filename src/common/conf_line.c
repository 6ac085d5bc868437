/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>

#include "conf_line.h"

#define BLANKS " \t\r"

static struct conf_line
bad(const char *problem)
{
	return (struct conf_line){ .kind = CONF_BAD, .problem = problem };
}

static bool
is_blank(char c)
{
	return c != '\0' && strchr(BLANKS, c) != NULL;
}

static char *
skip_blanks(char *at)
{
	return at + strspn(at, BLANKS);
}

static void
trim_end(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && is_blank(text[len - 1]))
		len--;
	text[len] = '\0';
}

/* Nothing but a comment may follow. */
static bool
is_over(char *at)
{
	char *rest = skip_blanks(at);

	return *rest == '\0' || (*rest == '#' && rest > at);
}

/* Takes the quotes away; `at` is after the first. NULL: it has no end. */
static char *
unquote(char *at)
{
	char *out = at;

	for (; *at != '"'; at++) {
		if (*at == '\\' && (at[1] == '"' || at[1] == '\\'))
			at++;
		if (*at == '\0')
			return NULL;
		*out++ = *at;
	}
	*out = '\0';
	return at + 1;
}

static void
cut_comment(char *value)
{
	for (char *at = value; *at != '\0'; at++) {
		if (*at == '#' && (at == value || is_blank(at[-1]))) {
			*at = '\0';
			break;
		}
	}
	trim_end(value);
}

static struct conf_line
setting(char *name, char *equals)
{
	struct conf_line line = { .kind = CONF_SETTING, .name = name };
	char *value = skip_blanks(equals + 1), *end;

	*equals = '\0';
	trim_end(name);
	if (*name == '\0')
		return bad("has no name before the =");
	if (name[0] == '-')
		return bad("a name has no dashes before it here");
	if (strpbrk(name, BLANKS) != NULL)
		return bad("a name has no blanks; a line is \"name = value\"");
	line.value = value;
	if (*value != '"') {
		cut_comment(value);
		return line;
	}
	end = unquote(++value);
	line.value = value;
	if (end == NULL)
		line.problem = "has no second quote (\"); within quotes, \\\" "
			       "is "
			       "one";
	else if (!is_over(end))
		line.problem = "has something after the second quote; within "
			       "quotes, \\\" is one";
	if (line.problem != NULL)
		line.kind = CONF_BAD;
	return line;
}

static struct conf_line
heading(char *name)
{
	char *end = strchr(name, ']');

	if (end == NULL || !is_over(end + 1))
		return (struct conf_line){ .kind = CONF_HEADING,
			.problem = "is not a heading such as [grey-check]" };
	*end = '\0';
	trim_end(name);
	return (struct conf_line){ .kind = CONF_HEADING, .name = name };
}

struct conf_line
conf_line(char *line, size_t len)
{
	char *equals;

	if (strlen(line) < len)
		return bad("has a NUL byte in it");
	line = skip_blanks(line);
	if (*line == '\0' || *line == '#')
		return (struct conf_line){ .kind = CONF_NOTHING };
	if (*line == '[')
		return heading(skip_blanks(line + 1));
	equals = strchr(line, '=');
	if (equals == NULL)
		return bad("is not \"name = value\"");
	return setting(line, equals);
}

static bool
needs_quotes(const char *value)
{
	size_t len = strlen(value);

	if (len == 0 || *value == '"' || is_blank(*value) ||
	    is_blank(value[len - 1]))
		return true;
	for (size_t i = 0; i < len; i++) {
		if (value[i] == '#' && (i == 0 || is_blank(value[i - 1])))
			return true;
	}
	return false;
}

void
conf_quote(const char *value, char *out)
{
	bool quotes = needs_quotes(value);

	if (quotes)
		*out++ = '"';
	for (; *value != '\0'; value++) {
		if (quotes && (*value == '"' || *value == '\\'))
			*out++ = '\\';
		*out++ = *value;
	}
	if (quotes)
		*out++ = '"';
	*out = '\0';
}
