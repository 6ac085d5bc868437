/* SPDX-License-Identifier: BSD-2-Clause */
/* grey-check: greylisting policy handler for Postfix, under spawn(8) or alone.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "common/program.h"
#include "common/when.h"
#include "grey-check/explain/explain.h"
#include "grey-check/postfix/check.h"
#include "serve.h"
#include "grey-check/server/server.h"
#include "served/served.h"
#include "settings.h"
#include "store/store.h"

enum { OBSOLETE_MAX = 16 };

/* What becomes of mail when grey-check ends before it has answered. */
#define WHAT_NOW \
	"Postfix now does what default_action of check_policy_service or " \
	"smtpd_policy_service_default_action says: by default mail is " \
	"deferred"

#define USAGE "usage: grey-check [-hqv] [--option[=value]] ..."

static volatile sig_atomic_t stop;
static int null_fd;

static const struct opt *obsolete_options[OBSOLETE_MAX];
static size_t obsolete_count;

static void
remember_obsolete(const struct opt *option)
{
	if (obsolete_count < OBSOLETE_MAX)
		obsolete_options[obsolete_count++] = option;
}

/*
 * The input ends, even if the loop was just about to read: so a request that is
 * being answered is finished, and the store closed in order.
 */
static void
end_input(int signal_number)
{
	(void)signal_number;
	stop = 1;
	dup2(null_fd, STDIN_FILENO);
}

static void
handle_signals(void)
{
	struct sigaction action = { .sa_handler = end_input };

	null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	signal(SIGPIPE, SIG_IGN);
	if (null_fd == -1)
		return;
	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/* By the newest date that its comments have. */
static void
show_age(int64_t newest)
{
	int64_t days = (time(NULL) - newest) / SECONDS_A_DAY;
	time_t seconds = (time_t)newest;
	char date[sizeof("2026-11-22")];
	struct tm utc;

	if (newest == 0 || gmtime_r(&seconds, &utc) == NULL ||
	    strftime(date, sizeof(date), "%Y-%m-%d", &utc) == 0)
		return;
	printf(", of %s", date);
	if (days > 0)
		printf(", %" PRId64 " day%s old", days, days == 1 ? "" : "s");
}

/* What can't be read is among the problems. */
static void
show_list(void *argument, const struct lists_facts *facts)
{
	(void)argument;
	if (!facts->readable)
		return;
	if (facts->exists)
		printf("%s: %zu entr%s, %s", facts->path, facts->entries,
		    facts->entries == 1 ? "y" : "ies", facts->role);
	else
		printf("%s: does not exist, %s", facts->path, facts->role);
	show_age(facts->newest);
	putchar('\n');
}

static void
show_file(const struct conf_file *file)
{
	if (file->version.error == 0)
		printf("%s: the configuration\n", file->path);
}

static int
check_config(const struct settings *settings)
{
	static struct decider decider;
	const struct conf *conf = settings->conf;
	unsigned problems;

	if (!decider_init(&decider, settings, DECIDER_LOOKS))
		return PROGRAM_USAGE;
	for (size_t i = 0; i < conf->file_count; i++)
		show_file(&conf->files[i]);
	problems = conf->problem_count;
	(void)program_refuse_files(conf);
	problems += lists_check(&decider.lists, show_list, NULL);
	decider_free(&decider);
	if (program_end_output() != 0)
		return PROGRAM_FAILED;
	return problems > 0 ? PROGRAM_USAGE : 0;
}

static int
show_config(const struct settings *settings)
{
	int status = program_refuse_files(settings->conf);

	return program_show_config(settings->conf) == 0 ? status :
							  PROGRAM_FAILED;
}

static int
explain_request(const struct settings *settings)
{
	static struct decider decider;
	static struct opt_problem problem;
	int64_t now = time(NULL);
	bool done = false;

	if (!when_option("time", settings->time, now, &now, &problem))
		return program_refuse(USAGE, &problem);
	if (!decider_init(&decider, settings, DECIDER_LOOKS))
		return PROGRAM_USAGE;
	if (store_become_owner(decider.lookup.store) != STORE_OK)
		msg(MSG_ERROR, "%s", store_reason(decider.lookup.store));
	else if (lists_refresh(&decider.lists, monotonic_milliseconds()))
		done = explain_answer(&decider, settings, now, stdout);
	decider_free(&decider);
	return program_end_output() == 0 && done ? 0 : PROGRAM_FAILED;
}

/*
 * A process that wakes up for a request may not take the processor from one
 * that holds the store's lock: all others would wait for that one to get its
 * turn again. SCHED_BATCH, with a hundred connections, answers a quarter more
 * requests.
 *
 * At a socket, mail waits for an answer: there a store or a list that can't be
 * used is a matter of --on-error, and is tried again.
 */
static int
run_one(struct live *live)
{
	const struct settings *settings = live_settings(live);
	static struct service service;
	const struct sched_param normal = { .sched_priority = 0 };
	struct stat input;
	const char *reason;
	int status = PROGRAM_FAILED;

	service.live = live;
	service.settings = settings;
	if (!decider_init(&service.decider, settings, DECIDER_SERVES_ONE)) {
		if (!msg_has_stderr())
			msg(MSG_ERROR, "ending without an answer; " WHAT_NOW);
		return PROGRAM_USAGE;
	}
	handle_signals();
	(void)sched_setscheduler(0, SCHED_BATCH, &normal);
	reason = decider_open(&service.decider);
	live_report(live, service.decider.lookup.store);
	if (reason == NULL ||
	    (fstat(STDIN_FILENO, &input) == 0 && S_ISSOCK(input.st_mode)))
		status = serve(&service, &stop, STDIN_FILENO, STDOUT_FILENO);
	else
		msg(MSG_ERROR, "%s", reason);
	decider_free(&service.decider);
	return status;
}

/* What is postgrey's, too, and here goes with --serve only. */
static void
tell_ignored(const struct settings *settings)
{
	if (settings->socketmode != NULL)
		msg(MSG_WARN,
		    "--socketmode is ignored: postgrey's; here the private "
		    "column of master.cf does it, without --serve");
	if (settings->listen_queue != 0)
		msg(MSG_WARN,
		    "--listen-queue-size is ignored: postgrey's; here maxproc "
		    "in master.cf does it, without --serve");
}

static int
run(struct live *live)
{
	static struct listeners listeners;
	const struct settings *settings = live_settings(live);

	if (listen_take_over(&listeners) > 0 || settings->serve_at.count > 0)
		return server_start(live, &listeners);
	tell_ignored(settings);
	return run_one(live);
}

/* Who called it by hand reads it there; else the log is the only place. */
static int
refuse(const struct settings *settings, const struct opt_problem *problem)
{
	size_t len = strlen(problem->text);
	bool is_question = len > 0 && problem->text[len - 1] == '?';

	if (msg_has_stderr())
		return program_refuse(USAGE, problem);
	settings_open_log(settings);
	msg(MSG_ERROR, "%s%s " WHAT_NOW, problem->text, is_question ? "" : ".");
	return PROGRAM_USAGE;
}

int
main(int argc, char **argv)
{
	static struct live live;
	struct settings *settings = &live.settings[0];
	struct opt_problem problem;

	msg_init();
	msg_open(MSG_STDERR, "grey-check", LOG_MAIL, MSG_INFO);
	if (!settings_read(settings, &live.conf[0], argc, argv,
		remember_obsolete, &problem))
		return refuse(settings, &problem);
	if (settings->all.help)
		return program_help(USAGE,
		    "Answers Postfix policy requests from standard input. "
		    "Options:",
		    settings_table);
	if (settings->all.version)
		return program_version("grey-check");
	settings_open_log(settings);
	for (size_t i = 0; i < obsolete_count; i++)
		msg(MSG_WARN, "--%s is ignored: %s", obsolete_options[i]->name,
		    obsolete_options[i]->help);
	if (settings->all.show)
		return show_config(settings);
	if (settings->check_config)
		return check_config(settings);
	if (settings->check_postfix) {
		int status = postfix_check(settings->config_directory, stdout);

		return program_end_output() == 0 ? status : PROGRAM_FAILED;
	}
	if (!settings->explain)
		return run(&live);
	live_report(&live, NULL);
	if (!served_settle(
		&live.conf[0], settings, settings->store, SERVED_FOR_ANSWERS))
		return PROGRAM_USAGE;
	return explain_request(settings);
}
