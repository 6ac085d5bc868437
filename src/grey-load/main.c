/* SPDX-License-Identifier: BSD-2-Clause */
/* grey-load: records back into a greylist, beside running grey-checks. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "load.h"
#include "msg.h"
#include "program.h"

#define USAGE \
	"usage: grey-load [--delete | --replace] [-c] " \
	"[-h home | --store=store] [--option=value ...] [file]"

static void
report(enum msg_level level, const char *text)
{
	msg(level, "%s", text);
}

/* One that passes from now on: it was seen a whole delay ago. */
static void
make_passed(const struct settings *settings, int64_t now, struct record *record)
{
	const struct key_settings key = options_key(&settings->key);
	char host[ADDRESS_TEXT_MAX];
	struct bytes host_field = { host,
		key_host(&key, &settings->client, host) };

	record->key_len = key_triplet(&key, &settings->client, settings->sender,
	    settings->recipient, record->key);
	(void)record_set_triplet(
	    record, now - settings->policy.delay, now, host_field);
}

static int
finish(const struct load *load, bool done)
{
	if (load->bad > 0)
		msg(MSG_WARN, "%s: %lu bad records were not loaded, %lu were",
		    load->name, load->bad, load->records);
	else if (done && isatty(STDERR_FILENO) == 1)
		msg(MSG_NOTICE, "%lu records, %lu of them changed the store",
		    load->records, load->changed);
	return done && load->bad == 0 ? 0 : PROGRAM_FAILED;
}

static int
load_file(struct load *load, FILE *in)
{
	struct record passed;
	bool done = store_become_owner(load->store) == STORE_OK &&
	    store_open(load->store) == STORE_OK;

	if (!done)
		msg(MSG_ERROR, "%s", store_reason(load->store));
	else if (load->settings->pass) {
		make_passed(load->settings, time(NULL), &passed);
		done = load_record(load, &passed);
	} else
		done = load_input(load, in);
	return finish(load, done);
}

/* The file is opened as who the program is run as, before it is somebody else.
 */
static int
run(const struct settings *settings)
{
	const struct store_options options = {
		.sync = settings->sync, .background = true, .report = report
	};
	struct load load = { .settings = settings,
		.name = settings->file == NULL ? "standard input" :
						 settings->file };
	const char *reason;
	FILE *in = stdin;
	int status;

	if (settings->file != NULL)
		in = fopen(settings->file, "re");
	if (in == NULL) {
		msg(MSG_ERROR, "%s: can't read: %s", settings->file,
		    strerror(errno));
		return PROGRAM_FAILED;
	}
	load.store = store_new(settings->store, &options, &reason);
	if (load.store == NULL) {
		msg(MSG_ERROR, "--store=%s: %s", settings->store, reason);
		return PROGRAM_USAGE;
	}
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

	msg_init("grey-load");
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
