/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/copied.h"
#include "settings.h"

#define AT(member) offsetof(struct settings, member)

/* name, letter, argument, default, kind, where, unit, range, help */
const struct opt settings_table[] = {
	OPT_ONCE_SWITCH("delete", 0, AT(delete),
	    "delete the records of the input, if they are unchanged"),
	OPT_ONCE_SWITCH("replace", 0, AT(replace),
	    "overwrite what is there; by default both are merged"),
	OPT_ONCE_SWITCH(
	    "pass", 0, AT(pass), "enter CLIENT SENDER RECIPIENT as passed"),
	OPT_ONCE_SWITCH("dry-run", 'n', AT(dry_run),
	    "store nothing, and say what would be done"),
	OPT_ROW("verbose", 'v', NULL, NULL, OPT_COUNT, AT(verbose),
	    "say what was done"),
	OPT_ONCE_SWITCH("clients", 'c', AT(clients),
	    "the auto-whitelist, postgrey_clients.db"),
	OPTIONS_STORE(AT(store)), OPTIONS_CACHE(AT(cache)),
	OPT_ONCE_BOUNDED("home", 'h', "STORE", NULL, OPT_TEXT, AT(store), 0, 1,
	    0, "the same, as db_load has it"),
	OPT_SWITCH("sync", 0, AT(sync),
	    "each unit of work is on the disk before the next"),
	OPTIONS_POLICY(AT(policy)), OPTIONS_KEY(AT(key)),
	OPT_OF_ALL(0, AT(all)), OPT_END
};

static bool
read_mailbox(
    const char *text, struct bytes *mailbox, struct opt_problem *problem)
{
	const char *why_not = copied_mailbox(bytes_of(text), mailbox);

	if (why_not == NULL && mailbox->len > KEY_ADDRESS_MAX)
		why_not = "is too long";
	return why_not == NULL ||
	    opt_refuse(problem, "--pass: the address \"%s\" %s", text, why_not);
}

static bool
read_passed(struct settings *settings, char **operands, int count,
    struct opt_problem *problem)
{
	struct bytes name;

	if (count != 3)
		return opt_refuse(
		    problem, "--pass: takes CLIENT SENDER RECIPIENT");
	if (settings->clients || settings->delete || settings->replace)
		return opt_refuse(problem,
		    "--pass: does not go with --clients, --delete or "
		    "--replace");
	if (!copied_client(bytes_of(operands[0]), &name, &settings->client))
		return opt_refuse(problem,
		    "--pass: the client \"%s\" is not an address such as "
		    "192.0.2.5 or mail.example.com[192.0.2.5]",
		    operands[0]);
	return read_mailbox(operands[1], &settings->sender, problem) &&
	    read_mailbox(operands[2], &settings->recipient, problem);
}

static const struct conf_program program = { "grey-load", true, settings_table,
	NULL };

bool
settings_read(struct settings *settings, struct conf *conf, int argc,
    char **argv, struct opt_problem *problem)
{
	int operand = conf_read(
	    conf, &program, settings, argc, argv, NULL, problem);

	if (operand == -1)
		return false;
	settings->table = settings->clients ? STORE_CLIENTS : STORE_TRIPLETS;
	settings->mode = settings->delete ? LOAD_DELETE :
	    settings->replace		  ? LOAD_REPLACE :
					    LOAD_MERGE;
	if (settings->delete &&settings->replace)
		return opt_refuse(
		    problem, "--delete: does not go with --replace");
	if (settings->pass)
		return read_passed(
		    settings, argv + operand, argc - operand, problem);
	if (operand < argc - 1)
		return opt_refuse(
		    problem, "%s: one file at a time", argv[operand + 1]);
	if (operand < argc && strcmp(argv[operand], "-") != 0)
		settings->file = argv[operand];
	return true;
}
