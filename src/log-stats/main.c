/* SPDX-License-Identifier: BSD-2-Clause */
/* log-stats: reads maillogs, and reports what was rejected and what got
 * through. */
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/msg.h"
#include "common/program.h"
#include "lines.h"
#include "files.h"
#include "log-stats/event/event_read.h"
#include "log-stats/input/follow.h"
#include "log-stats/input/source.h"
#include "log-stats/report/figures.h"
#include "log-stats/requests/remarks.h"
#include "log-stats/tables/hash.h"
#include "troubles.h"

#define USAGE \
	"usage: log-stats [--events | --requests] [--check] " \
	"[--unknown[=all]] " \
	"[--option=value ...] [file ...]"

enum { INTERVAL_TERMINAL = 10, INTERVAL = 60 };

struct run {
	struct settings settings;
	struct tally tally;
	struct requests requests;
	struct follow follow;
	struct lines *lines;
	struct troubles troubles;
	bool troubles_said; /* beside a table, while input is waited for */
	bool failed;
};

static void
render(const struct settings *settings, const struct report *report)
{
	static void (*const renderers[])(const struct report *, FILE *) = {
		[FORMAT_TEXT] = render_text,
		[FORMAT_TSV] = render_tsv,
		[FORMAT_CSV] = render_csv,
		[FORMAT_JSON] = render_json,
	};

	renderers[settings->format](report, stdout);
}

/* While input is waited for: then it may be long until the report. */
static void
show_table(void *argument)
{
	struct run *run = argument;
	struct report report = { 0 };

	if (!run->settings.events && !run->settings.requests) {
		figures_table(&report, &run->tally, time(NULL));
		render(&run->settings, &report);
		if (run->settings.format == FORMAT_TEXT)
			putchar('\n');
		report_free(&report);
	}
	fflush(stdout);
	if (!run->troubles_said)
		troubles_say(&run->troubles);
	run->troubles_said = true;
}

static void
read_file(struct run *run, struct input_file *file)
{
	const char *why;
	struct source *source = source_open(
	    file->name, follow_wait, &run->follow, &why);

	if (source == NULL) {
		troubles_add(&run->troubles, file->name, why);
		return;
	}
	if (!lines_read(run->lines, source, &file->clock, file->name))
		troubles_add(&run->troubles, file->name, source_error(source));
	source_close(source);
}

static void
read_all(struct run *run)
{
	static char input[] = "-";
	char *const standard_input[] = { input };
	const struct settings *settings = &run->settings;
	bool has_files = settings->file_count > 0;
	size_t count = has_files ? (size_t)settings->file_count : 1;
	struct input_file *files = files_in_order(
	    has_files ? settings->files : standard_input, count);

	for (size_t i = 0; i < count && !follow_stop; i++)
		read_file(run, &files[i]);
	free(files);
}

/* No line that counts is of Postfix. */
static bool
is_nothing(const struct coverage *coverage)
{
	return coverage->lines == coverage->foreign + coverage->unknown;
}

/* For people no report of zeros; a program gets the form that it expects. */
static bool
wants_report(const struct run *run)
{
	const struct coverage *coverage = &run->tally.coverage;
	const struct settings *settings = &run->settings;

	if (settings->events || settings->requests)
		return false;
	return settings->format != FORMAT_TEXT || !is_nothing(coverage) ||
	    (coverage->lines > 0 && settings->only != NULL);
}

/* False: --check found that the figures do not add up. */
static bool
show_report(struct run *run)
{
	struct report report = { 0 };
	bool holds;

	tally_settle(&run->tally);
	holds = figures_report(&report, &run->tally);

	render(&run->settings, &report);
	report_free(&report);
	return holds;
}

/* Nothing is wrong, but neither is there a report. */
static void
explain_nothing(const struct run *run)
{
	const struct coverage *coverage = &run->tally.coverage;
	const struct settings *settings = &run->settings;
	bool some_of_postfix = coverage->skipped_of_postfix > 0;

	if (coverage->skipped > 0)
		msg(MSG_WARN,
		    "all lines%s (%" PRIu64 ") are left out by%s%s%s: nothing "
		    "to report",
		    some_of_postfix ? " of Postfix" : "",
		    some_of_postfix ? coverage->skipped_of_postfix :
				      coverage->skipped,
		    settings->since != NULL ? " --since" : "",
		    settings->until != NULL ? " --until" : "",
		    settings->instance != NULL ? " --instance" : "");
	else if (follow_stop)
		msg(MSG_WARN, "no line has come: nothing to report");
	else if (settings->file_count > 1)
		msg(MSG_WARN, "all %d files are empty: nothing to report",
		    settings->file_count);
	else if (settings->file_count == 1 &&
	    strcmp(settings->files[0], "-") != 0)
		msg(MSG_WARN, "%s is empty: nothing to report",
		    settings->files[0]);
	else
		msg(MSG_WARN, "standard input is empty: nothing to report");
}

static void
say_foreign(const struct run *run)
{
	char *what = foreign_say(lines_foreign(run->lines));

	msg(MSG_ERROR,
	    "no line of Postfix was recognized; is it a maillog?%s "
	    "--unknown=all shows what was not understood",
	    what);
	free(what);
}

/* What is said comes after the report, even if both go into one pipe. */
static void
report(struct run *run)
{
	const struct coverage *coverage = &run->tally.coverage;
	bool is_shown = wants_report(run), holds = true;
	bool is_foreign = coverage->lines > 0 &&
	    coverage->skipped_of_postfix == 0 && is_nothing(coverage);

	if (is_shown)
		holds = show_report(run);
	if (run->settings.requests)
		requests_end(&run->requests);
	fflush(stdout);
	if (run->settings.requests)
		remarks_say(&run->requests);
	if (!holds)
		msg(MSG_ERROR,
		    "the figures do not add up, see the section check");
	troubles_say(&run->troubles);
	if (is_foreign)
		say_foreign(run);
	run->failed = !holds || run->troubles.count > 0 || is_foreign;
	if (!is_shown && !run->failed && !run->settings.events &&
	    !run->settings.requests)
		explain_nothing(run);
}

static int
do_all(struct run *run)
{
	bool is_terminal = isatty(STDOUT_FILENO) == 1;

	run->follow.interval = run->settings.interval;
	if (run->settings.interval == 0)
		run->follow.interval = is_terminal ? INTERVAL_TERMINAL :
						     INTERVAL;
	run->follow.show = show_table;
	run->follow.argument = run;
	hash_begin();
	tally_begin(&run->tally, &run->settings);
	event_prepare(run->settings.greylisted);
	follow_begin(&run->follow);
	requests_begin(
	    &run->requests, run->settings.since_time, run->settings.until_time);
	run->lines = lines_new(&run->tally,
	    run->settings.requests ? &run->requests : NULL, &run->settings,
	    &follow_stop);
	read_all(run);
	report(run);
	lines_free(run->lines);
	troubles_free(&run->troubles);
	return program_end_output() != 0 || run->failed ? PROGRAM_FAILED : 0;
}

int
main(int argc, char **argv)
{
	static struct run run;
	static struct conf conf;
	struct opt_problem problem;

	setlocale(LC_ALL, "");
	msg_init();
	msg_open(MSG_STDERR, "log-stats", LOG_MAIL, MSG_WARN);
	if (!settings_read(
		&run.settings, &conf, argc, argv, time(NULL), &problem))
		return program_refuse(USAGE, &problem);
	if (run.settings.all.help)
		return program_help(USAGE,
		    "Reads maillogs of Postfix and reports what was rejected "
		    "and what got through.",
		    settings_table);
	if (run.settings.all.version)
		return program_version("log-stats");
	if (program_refuse_files(&conf) != 0)
		return PROGRAM_USAGE;
	if (run.settings.all.show)
		return program_show_config(&conf);
	return do_all(&run);
}
