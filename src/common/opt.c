/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <getopt.h>
#include <stdbool.h>

#include "opt.h"

enum { OPT_ROWS_MAX = 80, OPT_LETTERS_MAX = 2 * OPT_ROWS_MAX };

static bool
is_optional(const struct opt *row)
{
	return row->argument != NULL && row->argument[0] == '[' &&
	    row->argument[strlen(row->argument) - 1] == ']';
}

/* The index of the word in "a|b|c", or -1. */
static int
choice(const char *choices, const char *word)
{
	size_t len = strlen(word);
	int index = 0;

	for (const char *at = choices; at != NULL; index++) {
		const char *end = strchrnul(at, '|');

		if ((size_t)(end - at) == len && memcmp(at, word, len) == 0)
			return index;
		at = *end == '\0' ? NULL : end + 1;
	}
	return -1;
}

static const char *
set_choice(const struct opt *row, int *value, const char *text)
{
	static char reason[256];
	int index = choice(row->argument, text);

	if (index == -1) {
		snprintf(
		    reason, sizeof(reason), "must be one of %s", row->argument);
		return reason;
	}
	*value = index;
	return NULL;
}

static const char *
set_text(const struct opt *row, const char **value, const char *text)
{
	static char reason[128];

	if (row->range.max != 0 && strlen(text) > (size_t)row->range.max) {
		snprintf(reason, sizeof(reason),
		    "must not be longer than %lld bytes",
		    (long long)row->range.max);
		return reason;
	}
	if (row->range.min > 0 && *text == '\0')
		return "must not be empty";
	if (strpbrk(text, "\r\n") != NULL)
		return "must be one line";
	*value = *text == '\0' && row->fallback != NULL ? row->fallback : text;
	return NULL;
}

static const char *
add_text(struct opt_texts *texts, const char *text)
{
	if (texts->count == OPT_TEXTS_MAX)
		return "was given too often";
	texts->text[texts->count++] = text;
	return NULL;
}

/* NULL, or why the text can't be the option's value. */
static const char *
set(const struct opt *row, void *settings, const char *text)
{
	void *target = (char *)settings + row->offset;

	switch (row->kind) {
	case OPT_FLAG:
		*(bool *)target = true;
		return NULL;
	case OPT_COUNT:
		++*(int *)target;
		return NULL;
	case OPT_NUMBER:
		return num_parse(text, row->range, target);
	case OPT_DURATION:
		return num_duration(text, row->unit, row->range, target);
	case OPT_TEXT:
		return set_text(row, target, text);
	case OPT_CHOICE:
		return set_choice(row, target, text);
	case OPT_TEXTS:
		return add_text(target, text);
	case OPT_OBSOLETE:
		break;
	}
	return NULL;
}

static void
set_defaults(const struct opt *table, void *settings)
{
	for (const struct opt *row = table; row->name != NULL; row++) {
		if (row->fallback != NULL && row->kind != OPT_TEXTS)
			(void)set(row, settings, row->fallback);
	}
}

/* getopt_long()'s view of the table; val is the row's index plus 256. */
static void
describe(const struct opt *table, struct option *longs, char *letters)
{
	size_t i;

	*letters++ = ':';
	for (i = 0; i < OPT_ROWS_MAX && table[i].name != NULL; i++) {
		const struct opt *row = &table[i];

		longs[i] = (struct option){ row->name,
			row->argument == NULL ? no_argument :
			    is_optional(row)  ? optional_argument :
						required_argument,
			NULL, (int)i + 256 };
		if (row->letter == 0)
			continue;
		*letters++ = (char)row->letter;
		if (row->argument != NULL)
			*letters++ = ':';
	}
	longs[i] = (struct option){ 0 };
	*letters = '\0';
}

static const struct opt *
find(const struct opt *table, int value)
{
	if (value >= 256)
		return &table[value - 256];
	for (const struct opt *row = table; row->name != NULL; row++) {
		if (row->letter == value)
			return row;
	}
	return NULL;
}

static int
refuse(struct opt_problem *problem, int value, char **argv)
{
	char letter[3] = { '-', (char)optopt, '\0' };
	const char *given = argv[optind - 1];

	if (optopt > 0 && optopt < 256)
		given = letter;
	snprintf(problem->text, sizeof(problem->text), "%s: %s", given,
	    value == ':' ? "needs an argument" :
			   "no such option, or not in this form; see --help");
	return -1;
}

/* Behind '=', or the next word if that is no option, or the default, or "". */
static const char *
optional_argument_of(const struct opt *row, int argc, char **argv)
{
	if (optarg == NULL && optind < argc && argv[optind][0] != '-')
		return argv[optind++];
	if (optarg != NULL && *optarg != '\0')
		return optarg;
	return row->fallback == NULL ? "" : row->fallback;
}

bool
opt_refuse(struct opt_problem *problem, const char *what, const char *why)
{
	snprintf(problem->text, sizeof(problem->text), "%s: %s", what, why);
	return false;
}

int
opt_parse(const struct opt *table, void *settings, int argc, char **argv,
    opt_obsolete *obsolete, struct opt_problem *problem)
{
	struct option longs[OPT_ROWS_MAX + 1];
	char letters[OPT_LETTERS_MAX + 2];
	const struct opt *row;
	const char *reason, *text;
	int value;

	describe(table, longs, letters);
	set_defaults(table, settings);
	opterr = 0;
	optind = 0;
	while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (value == '?' || value == ':')
			return refuse(problem, value, argv);
		row = find(table, value);
		if (row->kind == OPT_OBSOLETE) {
			obsolete(row);
			continue;
		}
		text = optarg;
		if (is_optional(row))
			text = optional_argument_of(row, argc, argv);
		reason = set(row, settings, text);
		if (reason != NULL) {
			snprintf(problem->text, sizeof(problem->text),
			    "--%s=%s: %s", row->name, text, reason);
			return -1;
		}
	}
	return optind;
}

static void
print_form(const struct opt *row, char *out, size_t size)
{
	char letter[8] = "    ";

	if (row->letter != 0)
		snprintf(letter, sizeof(letter), "-%c, ", row->letter);
	if (row->argument == NULL)
		snprintf(out, size, "%s--%s", letter, row->name);
	else if (is_optional(row))
		snprintf(out, size, "%s--%s[=%s", letter, row->name,
		    row->argument + 1);
	else
		snprintf(
		    out, size, "%s--%s=%s", letter, row->name, row->argument);
}

void
opt_help(const struct opt *table, FILE *out)
{
	char form[256];

	for (const struct opt *row = table; row->name != NULL; row++) {
		if (row->help == NULL)
			continue;
		print_form(row, form, sizeof(form));
		if (strlen(form) > 32)
			fprintf(out, "  %s\n  %-32s", form, "");
		else
			fprintf(out, "  %-32s", form);
		fprintf(out, "  %s", row->help);
		if (row->fallback != NULL)
			fprintf(out, " (default: %s)", row->fallback);
		fputc('\n', out);
	}
}
