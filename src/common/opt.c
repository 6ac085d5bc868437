/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdbool.h>

#include "opt.h"
#include "opt_near.h"

enum { OPT_LETTERS_MAX = 2 * OPT_ROWS_MAX };

static bool
is_optional(const struct opt *row)
{
	return row->argument != NULL && row->argument[0] == '[' &&
	    row->argument[strlen(row->argument) - 1] == ']';
}

/* A switch that is a setting can be switched off where a file has it on. */
static int
argument_of(const struct opt *row)
{
	bool is_switch = row->kind == OPT_FLAG || row->kind == OPT_UNFLAG;

	if (row->argument == NULL)
		return is_switch && !row->once ? optional_argument :
						 no_argument;
	return is_optional(row) ? optional_argument : required_argument;
}

/* getopt_long()'s view of the table; val is the row's index plus 256. */
static void
describe(const struct opt *table, struct option *longs, char *letters)
{
	size_t i;

	*letters++ = ':';
	for (i = 0; i < OPT_ROWS_MAX && table[i].name != NULL; i++) {
		const struct opt *row = &table[i];

		longs[i] = (struct option){ row->name, argument_of(row), NULL,
			(int)i + 256 };
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
	if (optarg == NULL && row->argument[1] != '=' && optind < argc &&
	    argv[optind][0] != '-')
		return argv[optind++];
	if (optarg != NULL && *optarg != '\0')
		return optarg;
	return row->fallback == NULL ? "" : row->fallback;
}

static const char *
text_of(const struct opt *row, int argc, char **argv)
{
	if (is_optional(row))
		return optional_argument_of(row, argc, argv);
	if (optarg != NULL)
		return optarg;
	return row->kind == OPT_COUNT ? "1" : "yes";
}

int
opt_parse(const struct opt *table, struct opt_list *list, int argc, char **argv,
    opt_obsolete *obsolete, struct opt_problem *problem)
{
	struct option longs[OPT_ROWS_MAX + 1];
	char letters[OPT_LETTERS_MAX + 2];
	const struct opt *row;
	struct opt_problem found;
	int value;
	bool good = true;

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
			good &= opt_list_add(list,
			    (struct opt_entry){ .row = row,
				.text = text_of(row, argc, argv),
				.layer = OPT_FROM_COMMAND },
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
	    optional && argument[1] == '=' ? "[" :
		optional		   ? "[=" :
		*argument != '\0'	   ? "=" :
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
