/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/opt_value.h"
#include "common/when.h"
#include "log-stats/entry/entry.h"
#include "settings.h"

#define AT(member) offsetof(struct settings, member)
enum { INTERVAL_MAX = 86400, TOP_ROWS = 10 };

const char *const test_names[TESTS] = { "pregreet", "dnsbl", "denylist",
	"pipelining", "non_smtp", "bare_newline", "command_time",
	"command_count", "command_length", "no_recipient" };

static const char *const sections[] = { "table", "headline", "greylist",
	"postscreen", "smtpd", "submission", "rbl", "filters", "messages",
	"recipients", "delays", "tls", "top", "problems", "by", "coverage",
	"check" };

/* name, letter, argument, default, kind, where, unit, range, help */
const struct opt settings_table[] = {
	OPT_ONCE_BOUNDED("since", 0, "TIME", NULL, OPT_TEXT, AT(since), 0, 1, 0,
	    "only lines of TIME or later: ISO, yesterday, today, -8h"),
	OPT_ONCE_BOUNDED("until", 0, "TIME", NULL, OPT_TEXT, AT(until), 0, 1, 0,
	    "only lines before TIME"),
	OPT_ROW("by", 0, "none|hour|day|host", "none", OPT_CHOICE, AT(by),
	    "a table of what happened when, or where"),
	OPT_BOUNDED("unit", 0, "session|recipient|line", "session", OPT_CHOICE,
	    AT(unit), 0, 0, 0, "what a row of the first table counts"),
	OPT_BOUNDED("top", 0, "N", "10", OPT_NUMBER, AT(top), 0, 0, 1000,
	    "rows of each list of clients, domains, reasons"),
	OPT_ONCE_BOUNDED("only", 0, "SECTION,...", NULL, OPT_TEXT, AT(only), 0,
	    1, 0, "only these sections of the report"),
	OPT_BOUNDED("instance", 0, "NAME", NULL, OPT_TEXT, AT(instance), 0, 1,
	    0, "only the Postfix with this syslog_name"),
	OPT_ROW("service", 0, "mx|submission|all", "all", OPT_CHOICE,
	    AT(service), "only mail that came in by this service"),
	OPT_BOUNDED("greylist-text", 0, "REGEX", "greylist", OPT_TEXT,
	    AT(greylist_text), 0, 1, 0,
	    "a 450, 451 or 4.x.y with such a text greylists"),
	OPT_ROW("postscreen-mode", 0, "TEST=MODE", NULL, OPT_TEXTS, AT(modes),
	    "TEST is set to ignore, enforce or drop; repeatable"),
	OPT_BOUNDED("interval", 0, "SECONDS", NULL, OPT_DURATION, AT(interval),
	    1, 1, INTERVAL_MAX,
	    "between tables of endless input; terminal: 10, else 60"),
	OPT_ONCE_SWITCH("events", 0, AT(events),
	    "no report, but each event as a line of TSV"),
	OPT_ONCE_SWITCH("requests", 0, AT(requests),
	    "no report, but the mail as requests for grey-check"),
	OPT_ONCE("unknown", 0, "[=all]", NULL, OPT_TEXT, AT(unknown),
	    "show the lines that are not understood; all: foreign ones, too"),
	OPT_ONCE_SWITCH(
	    "check", 0, AT(check), "verify that the figures add up"),
	OPT_ROW("format", 0, "text|tsv|csv|json", "text", OPT_CHOICE,
	    AT(format), "how the report is written"),
	OPT_OF_ALL(0, AT(all)), OPT_END
};

static bool
read_time(const char *option, const char *text, int64_t now, int64_t *time,
    struct opt_problem *problem)
{
	int64_t seconds;

	if (text == NULL)
		return true;
	if (!when_option(option, text, now, &seconds, problem))
		return false;
	*time = seconds * MICROSECONDS;
	return true;
}

/* "-" stands for "_" as well. */
static bool
is_test(const char *name, const char *text, size_t len)
{
	if (strlen(name) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (name[i] != (text[i] == '-' ? '_' : text[i]))
			return false;
	return true;
}

/* "dnsbl=drop" */
static bool
read_mode(const char *text, enum mode test_modes[static TESTS])
{
	static const char *const modes[] = { "", "ignore", "enforce", "drop" };
	const char *equals = strchr(text, '=');
	size_t len = equals == NULL ? 0 : (size_t)(equals - text);

	for (int test = 0; test < TESTS && equals != NULL; test++) {
		if (!is_test(test_names[test], text, len))
			continue;
		for (int mode = MODE_IGNORE; mode <= MODE_DROP; mode++)
			if (strcmp(equals + 1, modes[mode]) == 0) {
				test_modes[test] = (enum mode)mode;
				return true;
			}
	}
	return false;
}

static bool
check_mode(const char *text, char reason[static OPT_REASON_MAX])
{
	enum mode dropped[TESTS];

	if (read_mode(text, dropped))
		return true;
	snprintf(reason, OPT_REASON_MAX,
	    "must be TEST=ignore, enforce or drop, TEST one of pregreet, "
	    "dnsbl, denylist, pipelining, non_smtp, bare_newline, "
	    "command_time, command_count, command_length, no_recipient");
	return false;
}

static bool
check_pattern(const char *text, char reason[static OPT_REASON_MAX])
{
	struct pattern *pattern = pattern_new(text, reason, OPT_REASON_MAX);

	pattern_free(pattern);
	return pattern != NULL;
}

static bool
check_value(
    const struct opt *row, const char *text, char reason[static OPT_REASON_MAX])
{
	if (row->offset == AT(modes))
		return check_mode(text, reason);
	return row->offset != AT(greylist_text) || check_pattern(text, reason);
}

static const struct conf_program program = { "log-stats", false, settings_table,
	check_value };

static bool
is_section(struct bytes word)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		if (bytes_equal(word, bytes_of(sections[i])))
			return true;
	return false;
}

/* The words of a list, one after the other; false: no more. */
static bool
next_word(const char **list, struct bytes *word)
{
	if (*list == NULL || **list == '\0')
		return false;
	*word = (struct bytes){ *list, strcspn(*list, ",") };
	*list += word->len;
	if (**list == ',')
		++*list;
	return true;
}

/* "": the option has no argument. */
static bool
check_unknown(const char *unknown, struct opt_problem *problem)
{
	return unknown == NULL || *unknown == '\0' ||
	    strcmp(unknown, "all") == 0 ||
	    opt_refuse(problem,
		"--unknown=%s: must be --unknown or --unknown=all", unknown);
}

static bool
check_sections(const char *only, struct opt_problem *problem)
{
	const char *list = only;
	struct bytes word;

	while (next_word(&list, &word))
		if (!is_section(word))
			return opt_refuse(problem,
			    "--only=%s: a section is one of table, headline, "
			    "greylist, postscreen, smtpd, submission, rbl, "
			    "filters, messages, recipients, delays, tls, top, "
			    "problems, by, coverage, check",
			    only);
	return true;
}

bool
settings_wants(const struct settings *settings, const char *section)
{
	const char *list = settings->only;
	struct bytes word;

	if (list == NULL)
		return true;
	while (next_word(&list, &word))
		if (bytes_equal(word, bytes_of(section)))
			return true;
	return false;
}

/*
 * What belongs to a report, or to a service that is not greylisted, may stand
 * in a file, and does not count then.
 */
static bool
check_requests(const struct settings *settings, const struct conf *conf,
    struct opt_problem *problem)
{
	const struct {
		bool matters;
		const char *name;
		const char *value;
	} others[] = {
		{ settings->events, "events", "" },
		{ settings->check, "check", "" },
		{ settings->format != FORMAT_TEXT, "format", "" },
		{ settings->by != BY_NOTHING, "by", "" },
		{ settings->unit != UNIT_SESSION, "unit", "" },
		{ settings->only != NULL, "only", "" },
		{ settings->top != TOP_ROWS, "top", "" },
		{ settings->interval != 0, "interval", "" },
		{ settings->modes.count > 0, "postscreen-mode", "" },
		{ settings->service == SERVICE_SUBMISSION, "service",
		    "=submission" },
	};

	for (size_t i = 0;
	     settings->requests && i < sizeof(others) / sizeof(*others); i++)
		if (others[i].matters &&
		    conf_given(conf, others[i].name)->layer == OPT_FROM_COMMAND)
			return opt_refuse(problem,
			    "--requests writes requests of the MX service, "
			    "and no report: it goes without --%s%s",
			    others[i].name, others[i].value);
	return true;
}

/* What the rows alone can't say; files were asked about it when they were read.
 */
static bool
read_values(struct settings *settings, struct opt_problem *problem)
{
	char reason[OPT_REASON_MAX];

	for (size_t i = 0; i < settings->modes.count; i++)
		if (!check_mode(settings->modes.text[i], reason) ||
		    !read_mode(settings->modes.text[i], settings->test_modes))
			return opt_refuse(problem, "--postscreen-mode=%s: %s",
			    settings->modes.text[i], reason);
	settings->greylisted = pattern_new(
	    settings->greylist_text, reason, sizeof(reason));
	return settings->greylisted != NULL ||
	    opt_refuse(problem, "--greylist-text=%s: %s",
		settings->greylist_text, reason);
}

bool
settings_read(struct settings *settings, struct conf *conf, int argc,
    char **argv, int64_t now, struct opt_problem *problem)
{
	int operand = conf_read(
	    conf, &program, settings, argc, argv, NULL, problem);

	if (operand == -1)
		return false;
	settings->files = argv + operand;
	settings->file_count = argc - operand;
	settings->since_time = INT64_MIN;
	settings->until_time = INT64_MAX;
	return read_time("since", settings->since, now, &settings->since_time,
		   problem) &&
	    read_time("until", settings->until, now, &settings->until_time,
		problem) &&
	    check_unknown(settings->unknown, problem) &&
	    check_sections(settings->only, problem) &&
	    check_requests(settings, conf, problem) &&
	    read_values(settings, problem);
}
