/* SPDX-License-Identifier: BSD-2-Clause */
#include "settings.h"

#define AT(member) offsetof(struct settings, member)

/* name, letter, argument, default, kind, where, unit, range, help */
const struct opt settings_table[] = { OPTIONS_STORE(AT(store)),
	OPTIONS_CACHE(AT(cache)), OPTIONS_POLICY(AT(policy)),
	OPT_ONCE_SWITCH(
	    "dry-run", 'n', AT(dry_run), "delete nothing: print what would go"),
	OPT_ONCE_SWITCH(
	    "force", 0, AT(force), "even what grey-check would still count on"),
	OPT_ROW("verbose", 'v', NULL, NULL, OPT_COUNT, AT(verbose),
	    "print the counts; with -n also each key"),
	OPT_ROW("quiet", 'q', NULL, NULL, OPT_COUNT, AT(quiet),
	    "no progress at a terminal"),
	OPT_ONCE("now", 0, "TIME", NULL, OPT_TEXT, AT(now),
	    "judge as if it were TIME"),
	OPT_ONCE("compact", 0, "[shrink]", NULL, OPT_TEXT, AT(given_compact),
	    "join pages; shrink: give the free ones back"),
	OPT_ROW("log", 0, "syslog|postlog[:PATH]|file:PATH|stderr|none",
	    "syslog", OPT_LOG, AT(log), "where the line of a run goes"),
	OPT_OF_ALL(0, AT(all)), OPT_END };

static const struct conf_program program = { "grey-expire", true,
	settings_table, NULL };

bool
settings_read(struct settings *settings, struct conf *conf, int argc,
    char **argv, struct opt_problem *problem)
{
	int operand = conf_read(
	    conf, &program, settings, argc, argv, NULL, problem);
	const char *compact = settings->given_compact;

	if (operand == -1)
		return false;
	if (operand < argc)
		return opt_refuse(
		    problem, "%s: takes no operands", argv[operand]);
	if (compact == NULL)
		settings->compact = COMPACT_NOT;
	else if (*compact == '\0')
		settings->compact = COMPACT_JOIN;
	else if (strcmp(compact, "shrink") == 0)
		settings->compact = COMPACT_SHRINK;
	else
		return opt_refuse(
		    problem, "--compact: takes =shrink or nothing");
	if (settings->dry_run && settings->compact != COMPACT_NOT)
		return opt_refuse(
		    problem, "--dry-run: does not go with --compact");
	return true;
}
