/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "common/opt.h"
#include "unit.h"

struct values {
	bool flag;
	int count;
	int64_t number;
	int64_t optional;
	int64_t time;
	const char *text;
	int choice;
	struct opt_texts texts;
	bool once;
};

#define AT(member) offsetof(struct values, member)

static const struct opt table[] = { OPT_SWITCH(
					"flag", 'f', AT(flag), "sets the flag"),
	OPT_ROW("count", 'c', NULL, NULL, OPT_COUNT, AT(count), "one more"),
	OPT_BOUNDED("number", 'n', "N", "24", OPT_NUMBER, AT(number), 0, 1, 32,
	    "a number"),
	OPT_BOUNDED("optional", 0, "[N]", "5", OPT_NUMBER, AT(optional), 0, 0,
	    99, "a number or none"),
	OPT_BOUNDED("time", 0, "TIME", "2d", OPT_DURATION, AT(time), 86400, 0,
	    8640000, "a time"),
	OPT_BOUNDED("text", 't', "TEXT", "default", OPT_TEXT, AT(text), 0, 0,
	    10, "a text"),
	OPT_BOUNDED(
	    "alias", 0, "TEXT", NULL, OPT_TEXT, AT(text), 0, 0, 10, NULL),
	OPT_ROW("choice", 0, "one|two|three", "two", OPT_CHOICE, AT(choice),
	    "a choice whose form is a bit longer than the others"),
	OPT_ROW(
	    "file", 0, "FILE", "/default", OPT_TEXTS, AT(texts), "repeatable"),
	OPT_ROW("old", 'o', "[HOST:]PORT", NULL, OPT_OBSOLETE, 0,
	    "something else does it"),
	OPT_ROW("older", 0, NULL, NULL, OPT_OBSOLETE, 0, "nothing"),
	OPT_ONCE_SWITCH("once", 0, AT(once), "a question"), OPT_END };

enum { ARGUMENTS_MAX = OPT_TEXTS_MAX + 3 };

static struct values values;
static struct opt_list list;
static struct opt_problem problem;
static char obsolete[100];

static void
note_obsolete(const struct opt *row)
{
	strcat(obsolete, row->name);
	strcat(obsolete, " ");
}

/* Parses the arguments of one string, separated by single blanks. */
static int
parse(const char *line)
{
	static char copy[2000];
	char *argv[ARGUMENTS_MAX] = { (char[]){ "program" } };
	int argc = 1, operand;
	char *rest = copy, *word;

	unit_about(line);
	memset(&values, 0, sizeof(values));
	problem.text[0] = obsolete[0] = '\0';
	strcpy(copy, line);
	while (*line != '\0' && argc < ARGUMENTS_MAX - 1 &&
	    (word = strsep(&rest, " ")) != NULL)
		argv[argc++] = word;
	argv[argc] = NULL;
	list.count = 0;
	operand = opt_parse(table, &list, argc, argv, note_obsolete, &problem);
	opt_list_apply(&list, table, &values);
	return operand;
}

static void
defaults(void)
{
	CHECK_NUMBER(parse(""), 1);
	CHECK(!values.flag);
	CHECK_NUMBER(values.count, 0);
	CHECK_NUMBER(values.number, 24);
	CHECK_NUMBER(values.optional, 5);
	CHECK_NUMBER(values.time, 172800);
	CHECK_TEXT(values.text, "default");
	CHECK_NUMBER(values.choice, 1);
	CHECK_NUMBER(values.texts.count, 0);
}

static void
forms(void)
{
	CHECK_NUMBER(parse("--number=7 --text=a=b"), 3);
	CHECK_NUMBER(values.number, 7);
	CHECK_TEXT(values.text, "a=b");
	CHECK_NUMBER(parse("--number 8 -t x -ff"), 6);
	CHECK_NUMBER(values.number, 8);
	CHECK_TEXT(values.text, "x");
	CHECK_NUMBER(parse("-n9 -fccc --count"), 4);
	CHECK_NUMBER(values.number, 9);
	CHECK(values.flag);
	CHECK_NUMBER(values.count, 4);
	CHECK_NUMBER(parse("--num=10"), 2);
	CHECK_NUMBER(values.number, 10);
	CHECK_NUMBER(parse("--alias=x --time=90s --choice=three"), 4);
	CHECK_TEXT(values.text, "x");
	CHECK_NUMBER(values.time, 90);
	CHECK_NUMBER(values.choice, 2);
	CHECK_NUMBER(parse("--time=3 --number=1 --number=2"), 4);
	CHECK_NUMBER(values.time, 3 * 86400);
	CHECK_NUMBER(values.number, 2);
}

static void
operands(void)
{
	CHECK_NUMBER(parse("--flag operand"), 2);
	CHECK_NUMBER(parse("-- --flag"), 2);
	CHECK(!values.flag);
	CHECK_NUMBER(parse("--text=-- -"), 2);
	CHECK_TEXT(values.text, "--");
}

static void
optional_arguments(void)
{
	CHECK_NUMBER(parse("--optional"), 2);
	CHECK_NUMBER(values.optional, 5);
	CHECK_NUMBER(parse("--optional=9 --optional"), 3);
	CHECK_NUMBER(values.optional, 5);
	CHECK_NUMBER(parse("--optional="), 2);
	CHECK_NUMBER(values.optional, 5);
	CHECK_NUMBER(parse("--optional=0"), 2);
	CHECK_NUMBER(values.optional, 0);
	CHECK_NUMBER(parse("--text="), 2);
	CHECK_TEXT(values.text, "default");
}

static void
repeatable_texts(void)
{
	char line[2000] = "--file=0";

	CHECK_NUMBER(parse("--file=a --file b --file="), 5);
	CHECK_NUMBER(values.texts.count, 3);
	CHECK_TEXT(values.texts.text[0], "a");
	CHECK_TEXT(values.texts.text[1], "b");
	CHECK_TEXT(values.texts.text[2], "");
	for (int i = 1; i < OPT_TEXTS_MAX; i++)
		strcat(line, " --file=x");
	CHECK_NUMBER(parse(line), OPT_TEXTS_MAX + 1);
	CHECK_NUMBER(values.texts.count, OPT_TEXTS_MAX);
	strcat(line, " --file=last");
	CHECK_NUMBER(parse(line), -1);
	CHECK_TEXT(problem.text, "--file=last: was given too often");
}

static void
obsolete_options(void)
{
	CHECK_NUMBER(parse("--old=1 --older -o 2 -o3 --flag"), 7);
	CHECK_TEXT(obsolete, "old older old old ");
	CHECK(values.flag);
	CHECK_NUMBER(parse("--old 10023 --flag"), 4);
	CHECK_TEXT(obsolete, "old ");
	CHECK(values.flag);
}

static void
problems(void)
{
	static const struct {
		const char *line;
		const char *problem;
	} rows[] = {
		{ "--number=0", "--number=0: must be a number from 1 to 32" },
		{ "--number=33", "--number=33: must be a number from 1 to 32" },
		{ "-n x", "--number=x: must be a number from 1 to 32" },
		{ "--number=", "--number=: must be a number from 1 to 32" },
		{ "--optional=100",
		    "--optional=100: must be a number from 0 to 99" },
		{ "--time=101", "--time=101: must be from 0s to 8640000s" },
		{ "--time=1y",
		    "--time=1y: must be a number, followed by s, m, h, d or w "
		    "for seconds, minutes, hours, days or weeks" },
		{ "--choice=four",
		    "--choice=four: must be one of one|two|three" },
		{ "--choice=", "--choice=: must be one of one|two|three" },
		{ "--choice=one|two",
		    "--choice=one|two: must be one of one|two|three" },
		{ "--text=12345678901",
		    "--text=12345678901: must not be longer than 10 bytes" },
		{ "--text=a\nb", "--text=a\nb: must be one line" },
		{ "--alias=a\rb", "--alias=a\rb: must be one line" },
		{ "--number", "--number: needs an argument" },
		{ "-n", "-n: needs an argument" },
		{ "-\xc3\xa9",
		    "-\xc3\xa9: there is no such option; see --help" },
		{ "-f\xc3\xa9=1",
		    "-f\xc3\xa9=1: there is no such option; see --help" },
		{ "-\xe9", "-\xe9: there is no such option; see --help" },
		{ "-fn", "-n: needs an argument" },
		{ "--time=x --number=x",
		    "--time=x: must be a number, followed by s, m, h, d or w "
		    "for seconds, minutes, hours, days or weeks" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		CHECK_NUMBER(parse(rows[i].line), -1);
		CHECK_TEXT(problem.text, rows[i].problem);
	}
	CHECK_NUMBER(parse("--text=1234567890"), 2);
}

static void
meant(void)
{
	static const struct {
		const char *line;
		const char *problem;
	} rows[] = {
		{ "--bogus", "--bogus: there is no such option; see --help" },
		{ "--bogus=1",
		    "--bogus=1: there is no such option; see --help" },
		{ "--once=yes", "--once=yes: --once takes no argument" },
		{ "--onc=yes", "--onc=yes: --once takes no argument" },
		{ "--flag=on", "--flag=on: must be yes or no" },
		{ "-x", "-x: there is no such option; see --help" },
		{ "-fx", "-x: there is no such option; see --help" },
		{ "--ol", "--ol: could be --old or --older" },
		{ "--o", "--o: could be --optional, --old, --older or --once" },
		{ "--nubmer=7",
		    "--nubmer=7: there is no such option; did you mean "
		    "--number?" },
		{ "--colunt",
		    "--colunt: there is no such option; did you mean "
		    "--count?" },
		{ "--optinal 3",
		    "--optinal: there is no such option; did you mean "
		    "--optional?" },
		{ "--tex_=3",
		    "--tex_=3: there is no such option; did you mean "
		    "--text?" },
		{ "--fulx", "--fulx: there is no such option; see --help" },
		{ "-flag", "-flag: a long option has two dashes: --flag" },
		{ "-time=3",
		    "-time=3: a long option has two dashes: --time=3" },
		{ "-older", "-older: a long option has two dashes: --older" },
		{ "--flag -file=x -c",
		    "-file=x: a long option has two dashes: --file=x" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		CHECK_NUMBER(parse(rows[i].line), -1);
		CHECK_TEXT(problem.text, rows[i].problem);
	}
}

/* What is right after a mistake may say where the mistake is to be told. */
static void
goes_on(void)
{
	CHECK_NUMBER(parse("--bogus --text=there --number=x -f"), -1);
	CHECK_TEXT(
	    problem.text, "--bogus: there is no such option; see --help");
	CHECK_TEXT(values.text, "there");
	CHECK(values.flag);
	CHECK_NUMBER(values.number, 24);
}

static void
help(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!CHECK(out != NULL))
		return;
	opt_help(table, out);
	fclose(out);
	CHECK_TEXT(text,
	    "  -f, --flag                        sets the flag\n"
	    "  -c, --count                       one more\n"
	    "  -n, --number=N                    a number (default: 24)\n"
	    "      --optional[=N]                a number or none (default: "
	    "5)\n"
	    "      --time=TIME                   a time (default: 2d)\n"
	    "  -t, --text=TEXT                   a text (default: default)\n"
	    "      --choice=one|two|three        a choice whose form is a bit "
	    "longer than the others (default: two)\n"
	    "      --file=FILE                   repeatable (default: "
	    "/default)\n"
	    "  -o, --old=[HOST:]PORT             something else does it\n"
	    "      --older                       nothing\n"
	    "      --once                        a question\n");
	free(text);
}

const struct unit_test unit_opt[] = {
	{ "opt: what is not given has its default", defaults },
	{ "opt: all forms of getopt_long set values, the last one counts",
	    forms },
	{ "opt: the index of the first operand comes back", operands },
	{ "opt: an empty or left out optional argument is the default",
	    optional_arguments },
	{ "opt: repeatable texts are kept in order, up to a limit",
	    repeatable_texts },
	{ "opt: obsolete options are told, with any form of argument",
	    obsolete_options },
	{ "opt: a problem names the option, the value and the bounds",
	    problems },
	{ "opt: what does not exist is named, with what was meant", meant },
	{ "opt: options after a mistake are read nevertheless", goes_on },
	{ "opt: help shows each row with its form and default", help },
	{ NULL, NULL }
};
