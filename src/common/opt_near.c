/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "bytes.h"
#include "opt_near.h"

/* Longer names than this are not compared. */
enum { NAME_MAX_LENGTH = 40 };

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/*
 * The distance of Damerau and Levenshtein, without edits of what was swapped:
 * row i holds the distances of the first i letters of a to all fronts of b.
 */
static size_t
distance(struct bytes a, struct bytes b)
{
	size_t rows[3][NAME_MAX_LENGTH + 1];

	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *row = rows[i % 3], *last = rows[(i + 2) % 3];
		const size_t *before = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			bool same = a.data[i - 1] == b.data[j - 1];

			row[j] = least(
			    last[j] + 1, row[j - 1] + 1, last[j - 1] + !same);
			if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] &&
			    a.data[i - 2] == b.data[j - 1])
				row[j] = least(row[j], before[j - 2] + 1,
				    before[j - 2] + 1);
		}
	}
	return rows[a.len % 3][b.len];
}

const struct opt *
opt_nearest(const struct opt *table, struct bytes given)
{
	const struct opt *nearest = NULL;
	/* A third of the letters may be wrong. */
	size_t best = given.len / 3 + 1;

	if (given.len > NAME_MAX_LENGTH)
		return NULL;
	for (const struct opt *row = table; row->name != NULL; row++) {
		struct bytes name = bytes_of(row->name);
		size_t far = name.len > NAME_MAX_LENGTH ? best :
							  distance(given, name);

		if (far >= best)
			continue;
		best = far;
		nearest = row;
	}
	return nearest;
}

static const struct opt *
named(const struct opt *table, struct bytes name)
{
	for (const struct opt *row = table; row->name != NULL; row++) {
		if (bytes_equal(bytes_of(row->name), name))
			return row;
	}
	return NULL;
}

/*
 * Writes the names that begin with this, as "--delay, --dbdir or --daemonize";
 * as many as fit. Returns how many there are in all.
 */
static size_t
beginning(const struct opt *table, struct bytes front, char *out, size_t size)
{
	size_t count = 0, written = 0, at = 0;

	for (const struct opt *row = table; row->name != NULL; row++)
		count += bytes_begin_with(bytes_of(row->name), front);
	*out = '\0';
	for (const struct opt *row = table; row->name != NULL; row++) {
		const char *before = written == 0 ? "" :
		    written + 1 == count	  ? " or " :
						    ", ";
		size_t need = strlen(before) + strlen(row->name) + 2;

		if (!bytes_begin_with(bytes_of(row->name), front))
			continue;
		if (at + need >= size)
			break;
		at += (size_t)snprintf(
		    out + at, size - at, "%s--%s", before, row->name);
		written++;
	}
	return count;
}

const struct opt *
opt_single_dashed(const struct opt *table, const char *word)
{
	if (word[0] != '-' || word[1] == '-')
		return NULL;
	return named(table, (struct bytes){ word + 1, strcspn(word + 1, "=") });
}

bool
opt_refuse_dash(const char *word, struct opt_problem *problem)
{
	return opt_refuse(
	    problem, "%s: a long option has two dashes: -%s", word, word);
}

static bool
refuse_letter(const struct opt *table, int value, int argc, char **argv,
    struct opt_problem *problem)
{
	/* A word is over, or getopt_long() is still within it. */
	for (int at = optind; at >= optind - 1; at--) {
		if (at < argc && opt_single_dashed(table, argv[at]) != NULL)
			return opt_refuse_dash(argv[at], problem);
	}
	return opt_refuse(problem,
	    value == ':' ? "-%c: needs an argument" :
			   "-%c: there is no such option; see --help",
	    optopt);
}

static bool
refuse_name(
    const struct opt *table, const char *given, struct opt_problem *problem)
{
	struct bytes name = { given + 2, strcspn(given + 2, "=") };
	const struct opt *exact = named(table, name);
	const struct opt *near = opt_nearest(table, name);
	char names[300];
	size_t count = beginning(table, name, names, sizeof(names));

	if (exact != NULL)
		return opt_refuse(
		    problem, "%s: --%s takes no argument", given, exact->name);
	if (count == 1)
		return opt_refuse(
		    problem, "%s: %s takes no argument", given, names);
	if (count > 1)
		return opt_refuse(problem, "%s: could be %s", given, names);
	if (near != NULL)
		return opt_refuse(problem,
		    "%s: there is no such option; did you mean --%s?", given,
		    near->name);
	return opt_refuse(
	    problem, "%s: there is no such option; see --help", given);
}

/* A letter beyond ASCII: the word is not over while bytes of it are left. */
static bool
refuse_byte(int argc, char **argv, struct opt_problem *problem)
{
	bool within = optind < argc && argv[optind][0] == '-' &&
	    strchr(argv[optind], optopt) != NULL;

	return opt_refuse(problem, "%s: there is no such option; see --help",
	    argv[within ? optind : optind - 1]);
}

/* optopt: a letter, which may be below 0; 0, or 256 and more: a long option. */
bool
opt_refuse_unknown(const struct opt *table, int value, int argc, char **argv,
    struct opt_problem *problem)
{
	if (optopt != 0 && optopt < 256)
		return (optopt & 0x80) != 0 ?
		    refuse_byte(argc, argv, problem) :
		    refuse_letter(table, value, argc, argv, problem);
	if (value == ':')
		return opt_refuse(
		    problem, "%s: needs an argument", argv[optind - 1]);
	return refuse_name(table, argv[optind - 1], problem);
}
