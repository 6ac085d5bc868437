/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "spawned.h"

/* "--delay=60", or quoted. */
static bool
begins_option(const char *word)
{
	return word[*word == '\'' || *word == '"'] == '-';
}

/*
 * Joins the words from the first on that belong to one option, without its
 * quotes. Returns the word after them.
 */
static int
join(const struct master_service *service, int first, char *out, size_t size)
{
	size_t used = 0;
	int i = first;

	do {
		for (const char *word = service->argv[i];
		     *word != '\0' && used + 2 < size; word++) {
			if (*word != '\'' && *word != '"')
				out[used++] = *word;
		}
		out[used++] = ' ';
		i++;
	} while (
	    i < service->argc && *service->argv[i] != '-' && used + 2 < size);
	out[used - 1] = '\0';
	return i;
}

/* Where the value begins, or the word if it has none. */
static const char *
start_of_value(const char *word)
{
	const char *equal = strchr(word, '=');

	return equal == NULL ? word : equal + 1;
}

/* "--greylist-text='Please", "'--greylist-text=Please",
 * "--greylist-text=Please" */
static bool
begins_text(const struct master_service *service, int i)
{
	const char *word = service->argv[i], *start = start_of_value(word);
	bool quoted = *start == '\'' || *start == '"' || *word == '\'' ||
	    *word == '"';

	return quoted ||
	    (*word == '-' && start != word && *start != '\0' &&
		i + 1 < service->argc && !begins_option(service->argv[i + 1]));
}

/* What quotes do in a shell, braces do in master.cf. */
static bool
check_blanks(struct findings *findings, const struct master *master,
    const struct master_service *service)
{
	char whole[SETTINGS_TEXT_MAX], user[256];
	int i = 1, end;

	while (i < service->argc && !begins_text(service, i))
		i++;
	if (i == service->argc)
		return true;
	end = join(service, i, whole, sizeof(whole));
	finding(findings, FINDING_FAULT,
	    "master.cf: %s: \"%s\" is not one option: Postfix splits at blanks "
	    "and knows no quotes, only braces: { %s }",
	    service->name, service->argv[i], whole);
	snprintf(user, sizeof(user), "%s%s%s",
	    service->user == NULL ? "grey" : service->user,
	    service->group == NULL ? "" : ":",
	    service->group == NULL ? "" : service->group);
	command_paste(findings, master, service, user, i, end, whole);
	return false;
}

static void
ignore_obsolete(const struct opt *option)
{
	(void)option;
}

/* Options that it takes, but that are not for answering Postfix. */
static void
check_values(struct findings *findings, const char *where,
    const struct settings *settings)
{
	const struct {
		bool given;
		enum finding kind;
		const char *what;
	} values[] = {
		{ settings->check_config || settings->explain ||
			settings->all.help || settings->all.version ||
			settings->all.show || settings->check_postfix,
		    FINDING_FAULT,
		    "an option makes grey-check say something and end, instead "
		    "of answering" },
		{ settings->exim, FINDING_FAULT,
		    "--exim ends after one answer, which is for Exim" },
		{ settings->learn, FINDING_REMARK,
		    "--learn: nothing is deferred, only recorded" },
		{ settings->clock == CLOCK_OF_REQUEST, FINDING_REMARK,
		    "--clock=request is for replaying old traffic" },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (values[i].given)
			finding(findings, values[i].kind, "%s: %s", where,
			    values[i].what);
	}
}

bool
spawned_read_settings(struct findings *findings,
    const struct master_service *service, const struct spawned_words *words,
    struct settings *settings)
{
	static struct conf conf;
	struct opt_problem problem;

	memset(settings, 0, sizeof(*settings));
	memset(&conf, 0, sizeof(conf));
	if (!settings_read(settings, &conf, service->argc, service->argv,
		ignore_obsolete, &problem)) {
		finding(findings, words->kind, "%s: %s: %s", words->where,
		    words->refused, problem.text);
		return false;
	}
	for (unsigned i = 0; i < conf.problem_count && i < CONF_PROBLEMS_MAX;
	     i++)
		finding(findings, FINDING_FAULT, "%s",
		    conf.problems[i].problem.text);
	check_values(findings, words->where, settings);
	return true;
}

bool
spawned_check_options(struct findings *findings, const struct master *master,
    const struct master_service *service, struct settings *settings)
{
	char where[256];
	const struct spawned_words words = { where, FINDING_FAULT,
		"grey-check refuses its options" };

	snprintf(where, sizeof(where), "master.cf: %s", service->name);
	return check_blanks(findings, master, service) &&
	    spawned_read_settings(findings, service, &words, settings);
}
