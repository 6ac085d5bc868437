/* SPDX-License-Identifier: BSD-2-Clause */
#include "settings.h"

#define AT(member) offsetof(struct settings, member)

/* name, letter, argument, default, kind, where, unit, range, help */
const struct opt settings_table[] = { OPTIONS_STORE(AT(store)),
	OPTIONS_POLICY(AT(policy)),
	OPT_SWITCH(
	    "dry-run", 'n', AT(dry_run), "delete nothing: print what would go"),
	OPT_ROW("verbose", 'v', NULL, NULL, OPT_COUNT, AT(verbose),
	    "print the counts; with -n also each key"),
	OPT_ROW("quiet", 'q', NULL, NULL, OPT_COUNT, AT(quiet),
	    "no progress at a terminal"),
	OPT_ROW("now", 0, "TIME", NULL, OPT_TEXT, AT(now),
	    "judge as if it were TIME"),
	OPT_ROW("compact", 0, "[shrink]", NULL, OPT_TEXT, AT(given_compact),
	    "join pages; shrink: give the free ones back"),
	OPT_ROW("log", 0, "syslog|postlog[:PATH]|file:PATH|stderr|none",
	    "syslog", OPT_TEXT, AT(log), "where the line of a run goes"),
	OPT_HELP(AT(help), AT(version)), OPT_END };

bool
settings_read(struct settings *settings, int argc, char **argv,
    struct opt_problem *problem)
{
	int operand = opt_parse(
	    settings_table, settings, argc, argv, NULL, problem);
	const char *compact = settings->given_compact;
	const char *reason = msg_target_parse(
	    settings->log, &settings->log_target);

	if (operand == -1)
		return false;
	if (reason != NULL)
		return opt_refuse(
		    problem, "--log=%s: %s", settings->log, reason);
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
