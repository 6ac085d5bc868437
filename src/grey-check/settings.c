/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "line.h"
#include "grey-check/server/listen_address.h"
#include "settings.h"

#define AT(member) offsetof(struct settings, member)
/* What a line of a request has room for, after the name of the attribute. */
#define ROOM_FOR(name) (LINE_MAX_LENGTH - (int64_t)sizeof(name "=") + 1)
#define FACILITIES \
	"mail|auth|authpriv|cron|daemon|ftp|kern|lpr|news|syslog|user|uucp|" \
	"local0|local1|local2|local3|local4|local5|local6|local7"

static const int facilities[] = { LOG_MAIL, LOG_AUTH, LOG_AUTHPRIV, LOG_CRON,
	LOG_DAEMON, LOG_FTP, LOG_KERN, LOG_LPR, LOG_NEWS, LOG_SYSLOG, LOG_USER,
	LOG_UUCP, LOG_LOCAL0, LOG_LOCAL1, LOG_LOCAL2, LOG_LOCAL3, LOG_LOCAL4,
	LOG_LOCAL5, LOG_LOCAL6, LOG_LOCAL7 };

/* name, letter, argument, default, kind, where, unit, range, help */
const struct opt settings_table[] = { OPTIONS_STORE(AT(store)),
	OPTIONS_CACHE(AT(cache)), OPTIONS_POLICY(AT(policy)),
	OPTIONS_KEY(AT(key)),
	OPT_ROW("whitelist-clients", 0, "FILE",
	    LIST_DIRECTORY "whitelist_clients", OPT_TEXTS, AT(client_lists),
	    "clients that pass; repeatable"),
	OPT_ROW("whitelist-recipients", 0, "FILE",
	    LIST_DIRECTORY "whitelist_recipients", OPT_TEXTS,
	    AT(recipient_lists),
	    "recipients that are not greylisted; repeatable"),
	OPT_ROW("whitelist-senders", 0, "FILE",
	    LIST_DIRECTORY "whitelist_senders", OPT_TEXTS, AT(sender_lists),
	    "senders that pass; repeatable"),
	OPT_ROW("greylist-recipients", 0, "FILE", NULL, OPT_TEXTS,
	    AT(greylisted_lists),
	    "only these recipients are greylisted; repeatable"),
	OPT_BOUNDED("greylist-action", 0, "ACTION", DEFAULT_ACTION, OPT_TEXT,
	    AT(action), 0, 0, SETTINGS_TEXT_MAX,
	    "answer to what is greylisted"),
	OPT_BOUNDED("greylist-text", 0, "TEXT", DEFAULT_TEXT, OPT_TEXT,
	    AT(text), 0, 0, SETTINGS_TEXT_MAX,
	    "the text after it; %s: seconds left, %r: recipient's domain"),
	OPT_BOUNDED("x-greylist-header", 0, "TEXT", DEFAULT_HEADER, OPT_TEXT,
	    AT(header), 0, 0, SETTINGS_TEXT_MAX,
	    "header of mail that was delayed; %t, %v, %h, %d"),
	OPT_BOUNDED("hostname", 0, "NAME", NULL, OPT_TEXT, AT(hostname), 0, 0,
	    SETTINGS_TEXT_MAX, "%h in the header; by default this host's name"),
	OPT_ONCE("serve", 0, "unix:PATH|inet:[HOST:]PORT", NULL, OPT_TEXTS,
	    AT(serve_at), "serve many connections, at this socket; repeatable"),
	OPT_ONCE("socketmode", 0, "MODE", NULL, OPT_TEXT, AT(socketmode),
	    "of the socket of --serve=unix:PATH; by default 0666"),
	OPT_ONCE_BOUNDED("listen-queue-size", 0, "N", NULL, OPT_NUMBER,
	    AT(listen_queue), 1, 1, 65535,
	    "connections that may wait for --serve; by default 4096"),
	OPT_BOUNDED("max-connections", 0, "N", "1000", OPT_NUMBER,
	    AT(max_connections), 1, 1, 100000,
	    "that --serve has at a time; the longest silent make room"),
	OPT_SWITCH("exim", 0, AT(exim), "end after one answer"),
	OPT_SWITCH("no-sasl-pass", 0, AT(sasl_pass_off),
	    "greylist authenticated senders too"),
	OPT_SWITCH("learn", 0, AT(learn),
	    "defer nothing: only record and log what would be"),
	OPT_ROW("on-error", 0, "dunno|defer|disconnect", "dunno", OPT_CHOICE,
	    AT(on_error), "answer when the store fails"),
	OPT_SWITCH(
	    "sync", 0, AT(sync), "a record is on the disk before the answer"),
	OPT_BOUNDED("store-timeout", 0, "MILLISECONDS", DEFAULT_STORE_TIMEOUT,
	    OPT_NUMBER, AT(store_timeout), 0, 10, 60000,
	    "what a check may take at a store on another host"),
	OPT_BOUNDED("state-dir", 0, "DIRECTORY", NULL, OPT_TEXT, AT(state_dir),
	    0, 1, 0, "for what this host's processes share about such a store"),
	OPT_ROW("clock", 0, "system|request", "system", OPT_CHOICE, AT(clock),
	    "request: from the attribute policy_test_time"),
	OPT_ROW("log", 0, "syslog|postlog[:PATH]|file:PATH|stderr|none",
	    "syslog", OPT_LOG, AT(log), "where decisions are logged"),
	OPT_SWITCH("log-privacy", 0, AT(log_privacy),
	    "log SHA-1 sums instead of addresses and names"),
	OPT_BOUNDED("syslog-name", 0, "NAME", "grey-check", OPT_TEXT,
	    AT(syslog_name), 0, 0, 64, "program name in the log"),
	OPT_ROW("syslog-facility", 0, FACILITIES, "mail", OPT_CHOICE,
	    AT(facility_index), "facility in the log"),
	OPT_ROW("syslogfacility", 0, FACILITIES, NULL, OPT_CHOICE,
	    AT(facility_index), NULL),
	OPT_ROW("facility", 0, FACILITIES, NULL, OPT_CHOICE, AT(facility_index),
	    NULL),
	OPT_ROW("verbose", 'v', NULL, NULL, OPT_COUNT, AT(verbose),
	    "also log how many requests a connection had"),
	OPT_ROW("quiet", 'q', NULL, NULL, OPT_COUNT, AT(quiet),
	    "log no decisions; twice: only warnings"),
	OPT_ONCE_SWITCH("check-config", 0, AT(check_config),
	    "check options and lists, then end"),
	OPT_ONCE_SWITCH("check-postfix", 0, AT(check_postfix),
	    "check whether greylisting works here, then end"),
	OPT_ONCE("config-directory", 'c', "DIRECTORY", NULL, OPT_TEXT,
	    AT(config_directory), "of Postfix' main.cf, to check"),
	OPT_ONCE_SWITCH("explain", 0, AT(explain),
	    "say what would be answered and why, and end"),
	OPT_ONCE_BOUNDED("client-address", 0, "ADDRESS", NULL, OPT_TEXT,
	    AT(client_address), 0, 0, ROOM_FOR("client_address"),
	    "the client to explain"),
	OPT_ONCE_BOUNDED("client-name", 0, "NAME", NULL, OPT_TEXT,
	    AT(client_name), 0, 0, ROOM_FOR("client_name"),
	    "its name; by default unknown"),
	OPT_ONCE_BOUNDED("sender", 0, "ADDRESS", NULL, OPT_TEXT, AT(sender), 0,
	    0, ROOM_FOR("sender"), "the sender to explain; may be empty"),
	OPT_ONCE_BOUNDED("recipient", 0, "ADDRESS", NULL, OPT_TEXT,
	    AT(recipient), 0, 0, ROOM_FOR("recipient"),
	    "the recipient to explain"),
	OPT_ONCE("time", 0, "TIME", NULL, OPT_TEXT, AT(time),
	    "the time to explain for; by default now"),
	OPT_ONCE("format", 0, "text|json", "text", OPT_CHOICE, AT(format),
	    "the form of the explanation"),
	OPT_OF_ALL('h', AT(all)),
	OPT_ROW("unix", 'u', "PATH", NULL, OPT_OBSOLETE, 0,
	    "postgrey's; here the service name in master.cf does it"),
	OPT_ROW("inet", 'i', "[HOST:]PORT", NULL, OPT_OBSOLETE, 0,
	    "postgrey's; here master.cf, inetd.conf or --serve does it"),
	OPT_ROW("pidfile", 0, "PATH", NULL, OPT_OBSOLETE, 0,
	    "postgrey's; here there is no daemon to stop"),
	OPT_ROW("daemonize", 'd', NULL, NULL, OPT_OBSOLETE, 0,
	    "postgrey's; here spawn(8) starts and ends processes"),
	OPT_ROW("user", 0, "USER", NULL, OPT_OBSOLETE, 0,
	    "postgrey's; here user= of spawn(8) does it"),
	OPT_ROW("group", 0, "GROUP", NULL, OPT_OBSOLETE, 0,
	    "postgrey's; here user=USER:GROUP of spawn(8) does it"),
	OPT_END };

/* Options that go with --explain; it needs some of them. */
static bool
check_explain(const struct settings *settings, struct opt_problem *problem)
{
	const struct {
		const char *name;
		const char *value;
		bool needed;
	} options[] = {
		{ "--client-address", settings->client_address, true },
		{ "--client-name", settings->client_name, false },
		{ "--sender", settings->sender, true },
		{ "--recipient", settings->recipient, true },
		{ "--time", settings->time, false },
	};

	if (settings->explain + settings->check_config +
		settings->check_postfix >
	    1)
		return opt_refuse(problem,
		    "--explain, --check-config and --check-postfix: one at a "
		    "time");
	if (settings->config_directory != NULL && !settings->check_postfix)
		return opt_refuse(problem,
		    "--config-directory (-c): goes with --check-postfix only");
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (!settings->explain && options[i].value != NULL)
			return opt_refuse(problem,
			    "%s: goes with --explain only", options[i].name);
		if (settings->explain && options[i].needed &&
		    options[i].value == NULL)
			return opt_refuse(
			    problem, "--explain: needs %s", options[i].name);
	}
	return true;
}

static bool
check_serve(const struct settings *settings, struct opt_problem *problem)
{
	struct listen_address address;
	const char *why;
	mode_t mode;

	for (size_t i = 0; i < settings->serve_at.count; i++) {
		why = listen_parse(settings->serve_at.text[i], &address);
		if (why != NULL)
			return opt_refuse(problem, "--serve=%s: %s",
			    settings->serve_at.text[i], why);
	}
	if (settings->socketmode != NULL &&
	    !listen_parse_mode(settings->socketmode, &mode))
		return opt_refuse(problem,
		    "--socketmode=%s: must be an octal mode, such as 0660",
		    settings->socketmode);
	return true;
}

static const struct conf_program program = { "grey-check", true, settings_table,
	NULL };

static void
fill_in(struct settings *settings)
{
	static char hostname[HOST_NAME_MAX + 1];

	if (settings->hostname != NULL)
		return;
	if (hostname[0] == '\0')
		(void)gethostname(hostname, sizeof(hostname) - 1);
	settings->hostname = hostname;
}

bool
settings_read(struct settings *settings, struct conf *conf, int argc,
    char **argv, opt_obsolete *obsolete, struct opt_problem *problem)
{
	int operand = conf_read(
	    conf, &program, settings, argc, argv, obsolete, problem);

	settings->conf = conf;
	if (operand == -1)
		return false;
	if (operand < argc)
		return opt_refuse(problem,
		    msg_has_stderr() ?
			"%s: takes no operands; requests come from standard "
			"input" :
			"%s: takes no operands; in master.cf an option with "
			"blanks goes in braces: "
			"{ --greylist-text=4.7.1 Greylisted }",
		    argv[operand]);
	if (!check_explain(settings, problem) ||
	    !check_serve(settings, problem))
		return false;
	fill_in(settings);
	return true;
}

bool
settings_is_asked(const struct settings *settings)
{
	return settings->check_config || settings->check_postfix ||
	    settings->explain || settings->all.show;
}

bool
settings_hides(const struct settings *settings)
{
	return settings->log_privacy && !settings_is_asked(settings);
}

void
settings_read_again(struct settings *settings, struct conf *conf,
    const struct conf *last, const struct settings *first)
{
	conf_read_again(conf, last, settings);
	settings->conf = conf;
	fill_in(settings);
	settings->next_store = strcmp(settings->store, first->store) == 0 ?
	    NULL :
	    settings->store;
	settings->store = first->store;
	settings->sync = first->sync;
	settings->store_timeout = first->store_timeout;
	settings->state_dir = first->state_dir;
	settings->log = first->log;
	settings->facility_index = first->facility_index;
	settings->syslog_name = first->syslog_name;
	settings->verbose = first->verbose;
	settings->quiet = first->quiet;
}

/*
 * The log that is asked for is there when options are wrong, too. Standard
 * error can't be it where it is the socket of the requests.
 */
void
settings_open_log(const struct settings *settings)
{
	int loudest = MSG_INFO + settings->verbose - settings->quiet;
	const struct msg_target terminal = { MSG_STDERR, NULL };
	struct msg_target target = settings->log;

	if (loudest < MSG_WARN)
		loudest = MSG_WARN;
	if (target.sink == MSG_STDERR && !msg_has_stderr())
		target.sink = MSG_SYSLOG;
	msg_open_log(settings_is_asked(settings) ? &terminal : &target,
	    settings->syslog_name, facilities[settings->facility_index],
	    loudest > MSG_DEBUG ? MSG_DEBUG : (enum msg_level)loudest);
	if (target.sink != settings->log.sink)
		msg(MSG_WARN,
		    "--log=stderr: standard error is the socket of the "
		    "requests here; logging as with --log=syslog");
}
