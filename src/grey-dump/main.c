/* SPDX-License-Identifier: BSD-2-Clause */
/* grey-dump: the greylist as it is now, for people, scripts and db_load. */
#include <locale.h>
#include <stdio.h>
#include <syslog.h>

#include "common/msg.h"
#include "common/program.h"
#include "dump.h"
#include "form.h"
#include "grey-dump/advise/advise.h"
#include "output.h"
#include "served/served.h"

#define USAGE \
	"usage: grey-dump [-pN] [-c] [-f file] [-h home | --store=store] " \
	"[--option=value ...] [dbfile]"

/*
 * All that needs the store. With -f FILE a child process runs it, for as root
 * it becomes the owner of the store, who may not be allowed to write FILE.
 */
static int
dump_store(void *argument)
{
	struct dump *dump = argument;
	const struct store_options options = { .read_only = true,
		.cache = dump->settings->cache,
		.background = true };
	int result;

	dump->store = store_new(dump->settings->store, &options);
	if (dump->store == NULL)
		return PROGRAM_USAGE;
	result = dump->settings->advise ?
	    advise_run(dump->settings, &dump->filter, dump->store) :
	    dump_records(dump);
	store_close(dump->store);
	return result;
}

static int
run(const struct settings *settings)
{
	static void (*const forms[])(const struct row *) = {
		[FORMAT_TABLE] = form_table,
		[FORMAT_TSV] = form_tsv,
		[FORMAT_JSON] = form_json,
		[FORMAT_DUMP] = NULL,
	};
	struct dump dump = { .settings = settings,
		.form = settings->count ? NULL : forms[settings->format] };
	struct opt_problem problem;
	int result;

	if (!filter_init(&dump.filter, settings, &problem))
		return program_refuse(USAGE, &problem);
	result = settings->file == NULL ?
	    dump_store(&dump) :
	    output_to_file(settings->file, DUMP_UNDECODABLE, dump_store, &dump);
	return result == DUMP_UNDECODABLE ? PROGRAM_FAILED : result;
}

int
main(int argc, char **argv)
{
	static struct settings settings;
	static struct conf conf;
	struct opt_problem problem;
	int status;

	/* Whatever the terminal's: what is shown as text must be UTF-8. */
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	msg_init();
	msg_open(MSG_STDERR, "grey-dump", LOG_MAIL, MSG_NOTICE);
	if (!settings_read(&settings, &conf, argc, argv, &problem))
		return program_refuse(USAGE, &problem);
	if (settings.all.help)
		return program_help(USAGE,
		    "Shows the greylist as it is now. Options:",
		    settings_table);
	if (settings.all.version)
		return program_version("grey-dump");
	status = served_begin(&conf, &settings, settings.store,
	    settings.all.show, SERVED_FOR_EYES);
	if (status != -1)
		return status;
	settings.keys = options_key(&settings.key);
	return run(&settings);
}
