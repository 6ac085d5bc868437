/* SPDX-License-Identifier: BSD-2-Clause */
#include <libgen.h>
#include <time.h>
#include <unistd.h>

#include "settings.h"

#define AT(member) offsetof(struct settings, member)

/* name, letter, argument, default, kind, where, unit, range, help */
const struct opt settings_table[] = {
	OPT_ONCE_SWITCH("print", 'p', AT(print),
	    "as db_dump -p: bytes that are printable as they are"),
	OPT_ONCE_SWITCH("no-locks", 'N', AT(no_locks),
	    "as db_dump: hexadecimal (Berkeley DB's locks are never taken)"),
	OPT_ONCE_SWITCH("clients", 'c', AT(clients),
	    "the auto-whitelist, postgrey_clients.db"),
	OPT_ONCE("file", 'f', "FILE", NULL, OPT_TEXT, AT(file),
	    "write to FILE, whole or not at all"),
	OPTIONS_STORE(AT(store)), OPTIONS_CACHE(AT(cache)),
	OPT_ONCE_BOUNDED("home", 'h', "STORE", NULL, OPT_TEXT, AT(home), 0, 1,
	    0, "the same, as db_dump has it: hexadecimal without -p"),
	OPT_ROW("format", 0, "auto|table|tsv|json", "auto", OPT_CHOICE,
	    AT(format), "auto: table at a terminal, else as -p"),
	OPT_ONCE_SWITCH("count", 0, AT(count),
	    "only how many records are waiting, passed, expired"),
	OPT_ONCE_SWITCH("advise", 0, AT(advise),
	    "what the greylist says about its settings, with numbers"),
	OPT_ONCE("client", 0, "NETWORK", NULL, OPT_TEXT, AT(client),
	    "only of clients in NETWORK: address, CIDR, octets"),
	OPT_ONCE("sender", 0, "GLOB", NULL, OPT_TEXT, AT(sender),
	    "only with such senders"),
	OPT_ONCE("recipient", 0, "GLOB", NULL, OPT_TEXT, AT(recipient),
	    "only with such recipients"),
	OPT_ONCE("state", 0, "any|waiting|passed|expired", "any", OPT_CHOICE,
	    AT(state), "only in this state"),
	OPT_ONCE("since", 0, "TIME", NULL, OPT_TEXT, AT(since),
	    "only last seen at TIME or later"),
	OPT_ONCE("until", 0, "TIME", NULL, OPT_TEXT, AT(until),
	    "only last seen at TIME or earlier"),
	OPTIONS_POLICY(AT(policy)), OPTIONS_PREFIX(AT(key)),
	OPTIONS_FOLD(AT(key)), OPT_OF_ALL(0, AT(all)), OPT_END
};

/* "DIR/postgrey.db" names the store, and either name the table. */
static bool
read_operand(
    struct settings *settings, char *operand, struct opt_problem *problem)
{
	char *name = strrchr(operand, '/');

	name = name == NULL ? operand : name + 1;
	if (strcmp(name, "postgrey_clients.db") == 0)
		settings->clients = true;
	else if (strcmp(name, "postgrey.db") != 0)
		return opt_refuse(problem,
		    "%s: must be postgrey.db or postgrey_clients.db, with or "
		    "without its directory",
		    operand);
	if (name != operand)
		settings->store = dirname(operand);
	return true;
}

/*
 * What db_dump's options and operands ask for is db_dump's form, whatever form
 * a file of the configuration has for other calls.
 */
static void
pass_over_file(
    struct settings *settings, const struct conf *conf, bool has_operand)
{
	const struct opt_entry *format = conf_given(conf, "format");

	if (format != NULL && format->layer == OPT_FROM_FILE &&
	    (settings->print || settings->no_locks || settings->home != NULL ||
		has_operand))
		settings->format = FORMAT_AUTO;
}

/* By a -h or an operand the call is one of db_dump's, as it is by -N. */
static void
choose_format(struct settings *settings, bool has_operand)
{
	bool for_eyes = isatty(STDOUT_FILENO) == 1 && !settings->print &&
	    !settings->no_locks && settings->file == NULL;

	if (settings->format != FORMAT_AUTO)
		return;
	settings->format = for_eyes ? FORMAT_TABLE : FORMAT_DUMP;
	if (!for_eyes && settings->home == NULL && !has_operand &&
	    !settings->no_locks)
		settings->print = true;
}

static bool
check_format(const struct settings *settings, struct opt_problem *problem)
{
	if (settings->print && settings->format != FORMAT_AUTO)
		return opt_refuse(problem,
		    "-p: is a form of its own, and does not go with --format");
	if (settings->print && settings->count)
		return opt_refuse(problem,
		    "-p: prints records, and does not go with --count");
	if (settings->advise && settings->print)
		return opt_refuse(problem,
		    "-p: prints records, and does not go with --advise");
	if (settings->advise && settings->count)
		return opt_refuse(
		    problem, "--count: does not go with --advise");
	if (settings->advise && settings->clients)
		return opt_refuse(
		    problem, "--clients: --advise is about triplets");
	if (settings->advise && settings->format == FORMAT_TSV)
		return opt_refuse(problem,
		    "--format=tsv: --advise is text, or --format=json");
	return true;
}

static const struct conf_program program = { "grey-dump", true, settings_table,
	NULL };

bool
settings_read(struct settings *settings, struct conf *conf, int argc,
    char **argv, struct opt_problem *problem)
{
	int operand = conf_read(
	    conf, &program, settings, argc, argv, NULL, problem);

	if (operand == -1)
		return false;
	if (operand < argc - 1)
		return opt_refuse(
		    problem, "%s: one database at a time", argv[operand + 1]);
	if (settings->home != NULL)
		settings->store = settings->home;
	if (operand < argc && !read_operand(settings, argv[operand], problem))
		return false;

	settings->now = time(NULL);
	settings->table = settings->clients ? STORE_CLIENTS : STORE_TRIPLETS;
	pass_over_file(settings, conf, operand < argc);
	if (!check_format(settings, problem))
		return false;
	choose_format(settings, operand < argc);
	return true;
}
