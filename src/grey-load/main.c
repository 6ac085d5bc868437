/* SPDX-License-Identifier: BSD-2-Clause */
/* grey-load: records back into a greylist, beside running grey-checks. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/msg.h"
#include "common/program.h"
#include "load.h"

#define USAGE \
	"usage: grey-load [--delete | --replace] [-c] " \
	"[-h home | --store=store] [--option=value ...] [file]"

static int
load_file(struct load *load, FILE *in)
{
	bool done = store_become_owner(load->store) == STORE_OK &&
	    store_open(load->store) == STORE_OK;

	if (!done)
		msg(MSG_ERROR, "%s", store_reason(load->store));
	else if (load->settings->pass)
		done = load_passed(load, time(NULL));
	else
		done = load_input(load, in);
	if (load->bad > 0)
		msg(MSG_WARN, "%s: %lu bad records were not loaded, %lu were",
		    load->name, load->bad, load->records);
	else if (done && isatty(STDERR_FILENO) == 1)
		msg(MSG_NOTICE, "%lu records, %lu of them changed the store",
		    load->records, load->changed);
	return done && load->bad == 0 ? 0 : PROGRAM_FAILED;
}

/*
 * The file is opened by the user who runs the program: as root, it becomes the
 * owner of the store later.
 */
static int
run(const struct settings *settings)
{
	const struct store_options options = { .sync = settings->sync,
		.background = true,
		.is_value = { record_is_triplet, record_is_client } };
	struct load load = { .settings = settings,
		.name = settings->file == NULL ? "standard input" :
						 settings->file };
	FILE *in = stdin;
	int status;

	if (settings->file != NULL)
		in = fopen(settings->file, "re");
	if (in == NULL) {
		msg(MSG_ERROR, "%s: can't read: %s", settings->file,
		    strerror(errno));
		return PROGRAM_FAILED;
	}
	load.store = store_new(settings->store, &options);
	if (load.store == NULL)
		return PROGRAM_USAGE;
	status = load_file(&load, in);
	store_close(load.store);
	fclose(in);
	return status;
}

int
main(int argc, char **argv)
{
	static struct settings settings;
	struct opt_problem problem;

	msg_init();
	msg_open(MSG_STDERR, "grey-load", LOG_MAIL, MSG_NOTICE);
	if (!settings_read(&settings, argc, argv, &problem))
		return program_refuse(USAGE, &problem);
	if (settings.help)
		return program_help(USAGE,
		    "Loads what grey-dump or db_dump wrote into a greylist. "
		    "Options:",
		    settings_table);
	if (settings.version)
		return program_version("grey-load");
	return run(&settings);
}
