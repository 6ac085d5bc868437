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
#include "greylist/key_text.h"
#include "greylist/use_text.h"
#include "load.h"
#include "served/served.h"

#define USAGE \
	"usage: grey-load [--delete | --replace] [-cnv] " \
	"[-h home | --store=store] [--option=value ...] [file]"

/*
 * At a terminal, with --verbose and after a dry run: all of it; else only that
 * something was refused.
 */
static void
tell(const struct load *load)
{
	const struct settings *settings = load->settings;
	const unsigned long *outcomes = load->outcomes;
	const char *dry = settings->dry_run ? "nothing was stored; would be: " :
					      "";
	enum msg_level level = load->bad > 0 ? MSG_WARN : MSG_NOTICE;

	if (settings->verbose == 0 && !settings->dry_run &&
	    isatty(STDERR_FILENO) != 1) {
		if (load->bad > 0)
			msg(MSG_WARN,
			    "%s: %lu bad records were not loaded, %lu were",
			    load->name, load->bad, load->records);
	} else if (settings->mode == LOAD_DELETE)
		msg(level,
		    "%s: %s%lu deleted, %lu not there or not the same, %lu "
		    "refused",
		    load->name, dry, outcomes[LOAD_CHANGED],
		    outcomes[LOAD_UNCHANGED], load->bad);
	else
		msg(level,
		    "%s: %s%lu loaded, %lu %s, %lu unchanged, %lu refused",
		    load->name, dry, outcomes[LOAD_NEW], outcomes[LOAD_CHANGED],
		    settings->mode == LOAD_REPLACE ? "replaced" : "merged",
		    outcomes[LOAD_UNCHANGED], load->bad);
}

/* Keys that were made here are asked for only with the same options. */
static void
compare_options(const struct load *load)
{
	char theirs[KEY_TEXT_MAX], mine[KEY_TEXT_MAX];
	struct store_use uses[STORE_USES_MAX];
	struct key_settings keys;

	if (load->made == 0 || store_uses(load->store, uses) == 0 ||
	    !use_keys((struct bytes){ uses[0].text, uses[0].len }, &keys))
		return;
	key_text(&keys, theirs);
	key_text(&load->making.keys, mine);
	if (strcmp(theirs, mine) == 0)
		return;
	msg(MSG_WARN,
	    "%s: grey-check uses this store with %s, so no request will ask "
	    "for keys that were made with %s; give grey-load the same options",
	    load->settings->store, theirs, mine);
}

static int
load_file(struct load *load, FILE *in)
{
	/* A dry run takes a store that does not exist for an empty one. */
	bool done = store_become_owner(load->store) == STORE_OK &&
	    (load->settings->dry_run || store_open(load->store) == STORE_OK);

	if (!done)
		msg(MSG_ERROR, "%s", store_reason(load->store));
	else if (load->settings->pass)
		done = load_passed(load);
	else
		done = load_input(load, in);
	if (done)
		compare_options(load);
	if (done || load->bad > 0)
		tell(load);
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
		.cache = settings->cache,
		.read_only = settings->dry_run,
		.background = true,
		.is_value = { record_is_triplet, record_is_client } };
	struct load load = { .settings = settings,
		.name = settings->pass	   ? "--pass" :
		    settings->file == NULL ? "standard input" :
					     settings->file,
		.making = { options_key(&settings->key), time(NULL) } };
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
	rehearsal_free(load.rehearsal);
	fclose(in);
	return status;
}

int
main(int argc, char **argv)
{
	static struct settings settings;
	static struct conf conf;
	struct opt_problem problem;
	int status;

	msg_init();
	msg_open(MSG_STDERR, "grey-load", LOG_MAIL, MSG_NOTICE);
	if (!settings_read(&settings, &conf, argc, argv, &problem))
		return program_refuse(USAGE, &problem);
	if (settings.all.help)
		return program_help(USAGE,
		    "Loads what grey-dump or db_dump wrote into a greylist. "
		    "Options:",
		    settings_table);
	if (settings.all.version)
		return program_version("grey-load");
	status = served_begin(&conf, &settings, settings.store,
	    settings.all.show, SERVED_FOR_RECORDS);
	if (status != -1)
		return status;
	return run(&settings);
}
