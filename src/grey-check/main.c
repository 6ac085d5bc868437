/* SPDX-License-Identifier: BSD-2-Clause */
/* grey-check: greylisting policy handler for Postfix, under spawn(8). */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "defaults.h"
#include "lists.h"
#include "serve.h"
#include "settings.h"

enum { EXIT_USAGE = 2, OBSOLETE_MAX = 16 };

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

static void
warn_of_obsolete(void)
{
	for (size_t i = 0; i < obsolete_count; i++)
		msg(MSG_WARN, "--%s is ignored: %s", obsolete_options[i]->name,
		    obsolete_options[i]->help);
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

/*
 * A process that wakes up for a request may not take the processor from one
 * that holds the store's lock: all others would wait for it to get its turn
 * again. With a hundred connections that is a quarter more requests.
 */
static void
wake_up_politely(void)
{
	const struct sched_param normal = { .sched_priority = 0 };

	(void)sched_setscheduler(0, SCHED_BATCH, &normal);
}

static bool
input_is_socket(void)
{
	struct stat status;

	return fstat(STDIN_FILENO, &status) == 0 && S_ISSOCK(status.st_mode);
}

/* Writes all that is pending on standard output and ends. */
static int
end_output(void)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return 0;
	msg(MSG_ERROR, "standard output: %s", strerror(errno));
	return 1;
}

static int
show_help(void)
{
	puts(USAGE);
	puts("Answers Postfix policy requests from standard input. Options:");
	opt_help(settings_table, stdout);
	return end_output();
}

static int
show_version(void)
{
	puts("grey-check " GREY_VERSION);
	return end_output();
}

static void
report(enum msg_level level, const char *text)
{
	msg(level, "%s", text);
}

/* NULL: the settings name no store, and msg() was told. */
static struct store *
make_store(const struct settings *settings)
{
	const struct store_options options = { settings->sync, report };
	const char *reason;
	struct store *store = store_new(settings->store, &options, &reason);

	if (store == NULL)
		msg(MSG_ERROR, "--store=%s: %s", settings->store, reason);
	return store;
}

static int
check_config(const struct settings *settings)
{
	struct store *store = make_store(settings);
	struct lists lists;

	if (!lists_read(&lists, settings)) {
		msg(MSG_ERROR, "out of memory");
		return 1;
	}
	lists_free(&lists);
	if (store == NULL)
		return EXIT_USAGE;
	store_close(store);
	return lists.bad_lines > 0 || lists.unreadable > 0 ? EXIT_USAGE : 0;
}

/* Opens what requests need. NULL, or what is wrong. */
static const char *
prepare(struct service *service)
{
	struct store *store = service->decider.store;
	struct lists *lists = &service->decider.lists;

	if (store_become_owner(store) != STORE_OK)
		return service->unusable = store_reason(store);
	if (!lists_read(lists, service->settings))
		return service->unusable = "out of memory";
	if (lists->unreadable > 0)
		return service->unusable = "a list can't be read";
	service->store_failed = store_open(store) != STORE_OK;
	return service->store_failed ? store_reason(store) : NULL;
}

/*
 * Behind a socket, mail waits for an answer: there a store or a list that can't
 * be used is a matter of --on-error, and the store is tried again.
 */
static int
run(const struct settings *settings)
{
	struct service service = { .settings = settings, .stop = &stop };
	const char *reason;
	int status = 1;

	service.decider.store = make_store(settings);
	if (service.decider.store == NULL)
		return EXIT_USAGE;
	service.decider.policy = settings_policy(settings);
	service.decider.key = settings_key(settings);
	service.decider.sasl_pass = !settings->sasl_pass_off;
	handle_signals();
	wake_up_politely();
	reason = prepare(&service);
	if (reason == NULL || input_is_socket())
		status = serve(&service, STDIN_FILENO, STDOUT_FILENO);
	else
		msg(MSG_ERROR, "%s", reason);
	store_close(service.decider.store);
	lists_free(&service.decider.lists);
	return status;
}

int
main(int argc, char **argv)
{
	static struct settings settings;
	struct opt_problem problem;

	msg_init("grey-check");
	if (!settings_read(
		&settings, argc, argv, remember_obsolete, &problem)) {
		msg(MSG_ERROR, "%s", problem.text);
		msg(MSG_ERROR, "%s", USAGE);
		return EXIT_USAGE;
	}
	if (settings.help)
		return show_help();
	if (settings.version)
		return show_version();
	msg_open((enum msg_sink)settings.log, settings.syslog_name,
	    settings_facility(&settings), settings_loudest(&settings));
	warn_of_obsolete();
	return settings.check_config ? check_config(&settings) : run(&settings);
}
