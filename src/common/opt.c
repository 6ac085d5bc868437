/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>

#include "opt.h"
#include "opt_near.h"

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

static bool
set_number(const struct opt *row, int64_t *value, const char *text,
    struct opt_problem *problem)
{
	char reason[NUM_REASON_MAX];
	bool good = row->kind == OPT_NUMBER ?
	    num_parse(text, row->range, value, reason) :
	    num_duration(text, row->unit, row->range, value, reason);

	return good ||
	    opt_refuse(problem, "--%s=%s: %s", row->name, text, reason);
}

static bool
set_text(const struct opt *row, const char **value, const char *text,
    struct opt_problem *problem)
{
	if (row->range.max != 0 && strlen(text) > (size_t)row->range.max)
		return opt_refuse(problem,
		    "--%s=%s: must not be longer than %" PRId64 " bytes",
		    row->name, text, row->range.max);
	if (row->range.min > 0 && *text == '\0')
		return opt_refuse(
		    problem, "--%s=%s: must not be empty", row->name, text);
	if (strpbrk(text, "\r\n") != NULL)
		return opt_refuse(
		    problem, "--%s=%s: must be one line", row->name, text);
	*value = *text == '\0' && row->fallback != NULL ? row->fallback : text;
	return true;
}

/* False: the text can't be the option's value. */
static bool
set(const struct opt *row, void *settings, const char *text,
    struct opt_problem *problem)
{
	void *target = (char *)settings + row->offset;
	struct opt_texts *texts = target;

	switch (row->kind) {
	case OPT_FLAG:
		*(bool *)target = true;
		return true;
	case OPT_COUNT:
		++*(int *)target;
		return true;
	case OPT_NUMBER:
	case OPT_DURATION:
		return set_number(row, target, text, problem);
	case OPT_TEXT:
		return set_text(row, target, text, problem);
	case OPT_CHOICE:
		if (choice(row->argument, text) == -1)
			return opt_refuse(problem, "--%s=%s: must be one of %s",
			    row->name, text, row->argument);
		*(int *)target = choice(row->argument, text);
		return true;
	case OPT_TEXTS:
		if (texts->count == OPT_TEXTS_MAX)
			return opt_refuse(problem,
			    "--%s=%s: was given too often", row->name, text);
		texts->text[texts->count++] = text;
		return true;
	case OPT_OBSOLETE:
		break;
	}
	return true;
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
	for (const struct opt *row = table; row->name != NULL; row++) {
		if (row->letter == value || row - table + 256 == value)
			return row;
	}
	return NULL;
}

/* "-ipv4cidr=24" was read as -i with the argument "pv4cidr=24". */
static bool
is_misread(const struct opt *table, const struct opt *row, char **argv)
{
	const char *word = argv[optind - 1];
	const struct opt *meant = opt_single_dashed(table, word);

	return optarg == word + 2 && meant != NULL && meant != row;
}

/* After '=', or the next word if it is not an option, or the default, or "". */
static const char *
optional_argument_of(const struct opt *row, int argc, char **argv)
{
	if (optarg == NULL && optind < argc && argv[optind][0] != '-')
		return argv[optind++];
	if (optarg != NULL && *optarg != '\0')
		return optarg;
	return row->fallback == NULL ? "" : row->fallback;
}

int
opt_parse(const struct opt *table, void *settings, int argc, char **argv,
    opt_obsolete *obsolete, struct opt_problem *problem)
{
	struct option longs[OPT_ROWS_MAX + 1];
	char letters[OPT_LETTERS_MAX + 2];
	const struct opt *row;
	struct opt_problem found;
	int value;
	bool good = true;

	for (row = table; row->name != NULL; row++) {
		if (row->fallback != NULL && row->kind != OPT_TEXTS)
			(void)set(row, settings, row->fallback, problem);
	}
	describe(table, longs, letters);
	opterr = 0;
	optind = 0;
	while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		struct opt_problem *say = good ? problem : &found;

		row = find(table, value);
		if (value == '?' || value == ':')
			good &= opt_refuse_unknown(
			    table, value, argc, argv, say);
		else if (is_misread(table, row, argv))
			good &= opt_refuse_dash(argv[optind - 1], say);
		else if (row->kind == OPT_OBSOLETE)
			obsolete(row);
		else
			good &= set(row, settings,
			    is_optional(row) ?
				optional_argument_of(row, argc, argv) :
				optarg,
			    say);
	}
	return good ? optind : -1;
}

static void
print_form(const struct opt *row, char *out, size_t size)
{
	const char *argument = row->argument == NULL ? "" : row->argument;
	bool optional = is_optional(row);
	char letter[8] = "    ";

	if (row->letter != 0)
		snprintf(letter, sizeof(letter), "-%c, ", row->letter);
	snprintf(out, size, "%s--%s%s%s", letter, row->name,
	    optional		  ? "[=" :
		*argument != '\0' ? "=" :
				    "",
	    argument + optional);
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
