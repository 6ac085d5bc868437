/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "line.h"
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
	OPTIONS_POLICY(AT(policy)), OPTIONS_KEY(AT(key)),
	{ "whitelist-clients", 0, "FILE", LIST_DIRECTORY "whitelist_clients",
	    OPT_TEXTS, AT(client_lists), 0, { 0, 0 },
	    "clients that pass; repeatable" },
	{ "whitelist-recipients", 0, "FILE",
	    LIST_DIRECTORY "whitelist_recipients", OPT_TEXTS,
	    AT(recipient_lists), 0, { 0, 0 },
	    "recipients that are not greylisted; repeatable" },
	{ "whitelist-senders", 0, "FILE", LIST_DIRECTORY "whitelist_senders",
	    OPT_TEXTS, AT(sender_lists), 0, { 0, 0 },
	    "senders that pass; repeatable" },
	{ "greylist-recipients", 0, "FILE", NULL, OPT_TEXTS,
	    AT(greylisted_lists), 0, { 0, 0 },
	    "only these recipients are greylisted; repeatable" },
	{ "greylist-action", 0, "ACTION", DEFAULT_ACTION, OPT_TEXT, AT(action),
	    0, { 0, SETTINGS_TEXT_MAX }, "answer to what is greylisted" },
	{ "greylist-text", 0, "TEXT", DEFAULT_TEXT, OPT_TEXT, AT(text), 0,
	    { 0, SETTINGS_TEXT_MAX },
	    "the text after it; %s: seconds left, %r: recipient's domain" },
	{ "x-greylist-header", 0, "TEXT", DEFAULT_HEADER, OPT_TEXT, AT(header),
	    0, { 0, SETTINGS_TEXT_MAX },
	    "header of mail that was delayed; %t, %v, %h, %d" },
	{ "hostname", 0, "NAME", NULL, OPT_TEXT, AT(hostname), 0,
	    { 0, SETTINGS_TEXT_MAX },
	    "%h in the header; by default this host's name" },
	{ "exim", 0, NULL, NULL, OPT_FLAG, AT(exim), 0, { 0, 0 },
	    "end after one answer" },
	{ "no-sasl-pass", 0, NULL, NULL, OPT_FLAG, AT(sasl_pass_off), 0,
	    { 0, 0 }, "greylist authenticated senders too" },
	{ "learn", 0, NULL, NULL, OPT_FLAG, AT(learn), 0, { 0, 0 },
	    "defer nothing: only record and log what would be" },
	{ "on-error", 0, "dunno|defer|disconnect", "dunno", OPT_CHOICE,
	    AT(on_error), 0, { 0, 0 }, "answer when the store fails" },
	{ "sync", 0, NULL, NULL, OPT_FLAG, AT(sync), 0, { 0, 0 },
	    "a record is on the disk before the answer" },
	{ "clock", 0, "system|request", "system", OPT_CHOICE, AT(clock), 0,
	    { 0, 0 }, "request: from the attribute policy_test_time" },
	{ "log", 0, "syslog|stderr|none", "syslog", OPT_CHOICE, AT(log), 0,
	    { 0, 0 }, "where decisions are logged" },
	{ "syslog-name", 0, "NAME", "grey-check", OPT_TEXT, AT(syslog_name), 0,
	    { 0, 64 }, "program name in the log" },
	{ "syslog-facility", 0, FACILITIES, "mail", OPT_CHOICE,
	    AT(facility_index), 0, { 0, 0 }, "facility in the log" },
	{ "syslogfacility", 0, FACILITIES, NULL, OPT_CHOICE, AT(facility_index),
	    0, { 0, 0 }, NULL },
	{ "facility", 0, FACILITIES, NULL, OPT_CHOICE, AT(facility_index), 0,
	    { 0, 0 }, NULL },
	{ "verbose", 'v', NULL, NULL, OPT_COUNT, AT(verbose), 0, { 0, 0 },
	    "also log how many requests a connection had" },
	{ "quiet", 'q', NULL, NULL, OPT_COUNT, AT(quiet), 0, { 0, 0 },
	    "log no decisions; twice: only warnings" },
	{ "check-config", 0, NULL, NULL, OPT_FLAG, AT(check_config), 0,
	    { 0, 0 }, "check options and lists, then end" },
	{ "explain", 0, NULL, NULL, OPT_FLAG, AT(explain), 0, { 0, 0 },
	    "say what would be answered and why, and end" },
	{ "client-address", 0, "ADDRESS", NULL, OPT_TEXT, AT(client_address), 0,
	    { 0, ROOM_FOR("client_address") }, "the client to explain" },
	{ "client-name", 0, "NAME", NULL, OPT_TEXT, AT(client_name), 0,
	    { 0, ROOM_FOR("client_name") }, "its name; by default unknown" },
	{ "sender", 0, "ADDRESS", NULL, OPT_TEXT, AT(sender), 0,
	    { 0, ROOM_FOR("sender") }, "the sender to explain; may be empty" },
	{ "recipient", 0, "ADDRESS", NULL, OPT_TEXT, AT(recipient), 0,
	    { 0, ROOM_FOR("recipient") }, "the recipient to explain" },
	{ "time", 0, "TIME", NULL, OPT_TEXT, AT(time), 0, { 0, 0 },
	    "the time to explain for; by default now" },
	{ "format", 0, "text|json", "text", OPT_CHOICE, AT(format), 0, { 0, 0 },
	    "the form of the explanation" },
	{ "help", 'h', NULL, NULL, OPT_FLAG, AT(help), 0, { 0, 0 },
	    "show this and end" },
	{ "version", 0, NULL, NULL, OPT_FLAG, AT(version), 0, { 0, 0 },
	    "show the version and end" },
	{ "unix", 'u', "PATH", NULL, OPT_OBSOLETE, 0, 0, { 0, 0 },
	    "postgrey's; here the service name in master.cf does it" },
	{ "inet", 'i', "[HOST:]PORT", NULL, OPT_OBSOLETE, 0, 0, { 0, 0 },
	    "postgrey's; here master.cf or inetd.conf does it" },
	{ "socketmode", 0, "MODE", NULL, OPT_OBSOLETE, 0, 0, { 0, 0 },
	    "postgrey's; here the private column of master.cf does it" },
	{ "listen-queue-size", 0, "N", NULL, OPT_OBSOLETE, 0, 0, { 0, 0 },
	    "postgrey's; here maxproc in master.cf does it" },
	{ "pidfile", 0, "PATH", NULL, OPT_OBSOLETE, 0, 0, { 0, 0 },
	    "postgrey's; here there is no daemon to stop" },
	{ "daemonize", 'd', NULL, NULL, OPT_OBSOLETE, 0, 0, { 0, 0 },
	    "postgrey's; here spawn(8) starts and ends processes" },
	{ "user", 0, "USER", NULL, OPT_OBSOLETE, 0, 0, { 0, 0 },
	    "postgrey's; here user= of spawn(8) does it" },
	{ "group", 0, "GROUP", NULL, OPT_OBSOLETE, 0, 0, { 0, 0 },
	    "postgrey's; here user=USER:GROUP of spawn(8) does it" },
	{ NULL, 0, NULL, NULL, OPT_FLAG, 0, 0, { 0, 0 }, NULL } };

/* An option that goes with --explain, or NULL: none was given. */
static const char *
goes_with_explain(const struct settings *settings)
{
	return settings->client_address != NULL ? "--client-address" :
	    settings->client_name != NULL	? "--client-name" :
	    settings->sender != NULL		? "--sender" :
	    settings->recipient != NULL		? "--recipient" :
	    settings->time != NULL		? "--time" :
						  NULL;
}

/* An option that --explain needs, or NULL: all were given. */
static const char *
missing_for_explain(const struct settings *settings)
{
	return settings->client_address == NULL ? "--client-address" :
	    settings->sender == NULL		? "--sender" :
	    settings->recipient == NULL		? "--recipient" :
						  NULL;
}

static bool
check_explain(const struct settings *settings, struct opt_problem *problem)
{
	const char *with = goes_with_explain(settings);
	const char *missing = missing_for_explain(settings);

	if (!settings->explain)
		return with == NULL ||
		    opt_refuse(problem, "%s: goes with --explain only", with);
	if (settings->check_config)
		return opt_refuse(
		    problem, "--explain: does not go with --check-config");
	return missing == NULL ||
	    opt_refuse(problem, "--explain: needs %s", missing);
}

bool
settings_read(struct settings *settings, int argc, char **argv,
    opt_obsolete *obsolete, struct opt_problem *problem)
{
	static char hostname[HOST_NAME_MAX + 1];
	int operand = opt_parse(
	    settings_table, settings, argc, argv, obsolete, problem);

	if (operand == -1)
		return false;
	if (operand < argc)
		return opt_refuse(problem,
		    "%s: takes no operands; requests come from standard input",
		    argv[operand]);
	if (!check_explain(settings, problem))
		return false;
	if (settings->client_name == NULL)
		settings->client_name = "unknown";
	if (settings->hostname == NULL) {
		(void)gethostname(hostname, sizeof(hostname) - 1);
		settings->hostname = hostname;
	}
	return true;
}

int
settings_facility(const struct settings *settings)
{
	return facilities[settings->facility_index];
}

enum msg_level
settings_loudest(const struct settings *settings)
{
	int level = MSG_INFO + settings->verbose - settings->quiet;

	if (level < MSG_WARN)
		return MSG_WARN;
	return level > MSG_DEBUG ? MSG_DEBUG : (enum msg_level)level;
}
