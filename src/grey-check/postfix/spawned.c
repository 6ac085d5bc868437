/* SPDX-License-Identifier: BSD-2-Clause */
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "common/num.h"
#include "spawned.h"

/* Seconds; what SMTPD_POLICY_README has in its examples. */
enum { GOOD_TIME_LIMIT = 3600 };

static bool
is_yes(const char *column, bool fallback)
{
	return *column == '-' ? fallback : *column == 'y';
}

static const char *
value(const struct master *master, const char *name)
{
	return postconf_value(&master->postconf.expanded, name);
}

/* "3600s", as postconf has it: 0 where it is not in seconds, or not there. */
static int64_t
seconds(const char *text)
{
	size_t len = strspn(text, "0123456789");
	int64_t number;

	if ((text[len] != '\0' && strcmp(text + len, "s") != 0) ||
	    !num_decimal((struct bytes){ text, len }, &number))
		return 0;
	return number;
}

static void
check_limits(struct findings *findings, const struct master *master,
    const struct master_service *service)
{
	char name[300];
	const char *limit, *column = service->limit;

	if (strcmp(column, "0") != 0) {
		finding(findings, FINDING_REMARK,
		    "master.cf: %s: no more than %s smtpd processes can ask at "
		    "a time (maxproc), others wait; 0 is no limit",
		    service->name,
		    *column == '-' ? value(master, "default_process_limit") :
				     column);
		finding(findings, FINDING_PASTE,
		    "postconf -F '%s/process_limit = 0'", service->path);
	}
	snprintf(name, sizeof(name), "%s_time_limit", service->name);
	limit = value(master, name);
	if (*limit == '\0')
		limit = value(master, "command_time_limit");
	if (seconds(limit) == 0 || seconds(limit) >= GOOD_TIME_LIMIT)
		return;
	finding(findings, FINDING_REMARK,
	    "main.cf: %s is %s: spawn(8) kills a grey-check that is older, "
	    "with a warning in the log",
	    name, limit);
	finding(findings, FINDING_PASTE, "postconf -e '%s = 3600s'", name);
}

void
spawned_check_columns(struct findings *findings, const struct master *master,
    const struct master_service *service)
{
	bool old = strcmp(value(master, "compatibility_level"), "0") == 0;

	if (is_yes(service->unprivileged, true)) {
		finding(findings, FINDING_FAULT,
		    "master.cf: %s: the column unpriv must be n: spawn(8) "
		    "needs root to become user=",
		    service->name);
		finding(findings, FINDING_PASTE,
		    "postconf -F '%s/unprivileged = n'", service->path);
	}
	if (is_yes(service->chroot, old)) {
		finding(findings, FINDING_FAULT,
		    "master.cf: %s: the column chroot must be n: in Postfix' "
		    "chroot there is neither the program nor its store",
		    service->name);
		finding(findings, FINDING_PASTE, "postconf -F '%s/chroot = n'",
		    service->path);
	}
	check_limits(findings, master, service);
}

/* Why spawn(8) refuses; NULL: it does not. */
static const char *
refused(const struct master *master, uid_t user, gid_t group)
{
	const struct passwd *owner = getpwnam(value(master, "mail_owner"));

	if (user == 0)
		return "is root, which spawn(8) refuses";
	if (group == 0)
		return "has the group root, which spawn(8) refuses";
	if (owner != NULL && user == owner->pw_uid)
		return "is Postfix' own user, which spawn(8) refuses";
	if (owner != NULL && group == owner->pw_gid)
		return "has Postfix' own group, which spawn(8) refuses";
	return NULL;
}

static bool
no_user(struct findings *findings, const struct master_service *service)
{
	if (service->user == NULL) {
		finding(findings, FINDING_FAULT,
		    "master.cf: %s: user= is missing, so spawn(8) runs "
		    "nothing; give it a user of its own: user=grey",
		    service->name);
		return false;
	}
	finding(findings, FINDING_FAULT,
	    "master.cf: %s: user=%s: there is no such user, so spawn(8) runs "
	    "nothing",
	    service->name, service->user);
	finding(findings, FINDING_PASTE,
	    "useradd --system --user-group --home-dir / --shell "
	    "/usr/sbin/nologin %s",
	    service->user);
	return false;
}

bool
spawned_check_user(struct findings *findings, const struct master *master,
    const struct master_service *service, uid_t *user, gid_t *group)
{
	const struct passwd *passwd = service->user == NULL ?
	    NULL :
	    getpwnam(service->user);
	const struct group *named;
	const char *why;

	if (passwd == NULL)
		return no_user(findings, service);
	*user = passwd->pw_uid;
	*group = passwd->pw_gid;
	if (service->group != NULL) {
		named = getgrnam(service->group);
		if (named == NULL) {
			finding(findings, FINDING_FAULT,
			    "master.cf: %s: user=%s:%s: there is no such "
			    "group, so spawn(8) runs nothing",
			    service->name, service->user, service->group);
			return false;
		}
		*group = named->gr_gid;
	}
	why = refused(master, *user, *group);
	if (why == NULL)
		return true;
	finding(findings, FINDING_FAULT,
	    "master.cf: %s: user=%s %s; give it a user of its own: user=grey",
	    service->name, service->user, why);
	return false;
}

/* The words from the first on that belong to one text, without its quote. */
static void
join(const struct master_service *service, int first, char *out, size_t size)
{
	size_t used = 0;

	for (int i = first; i < service->argc; i++) {
		const char *word = service->argv[i];
		bool begins_another = i > first && word[0] == '-';

		if (begins_another)
			break;
		for (; *word != '\0' && used + 2 < size; word++) {
			if (*word != '\'' && *word != '"')
				out[used++] = *word;
		}
		out[used++] = ' ';
		if (used + 2 > size)
			break;
	}
	out[used == 0 ? 0 : used - 1] = '\0';
}

/* What quotes do in a shell, braces do in master.cf. */
static bool
check_blanks(struct findings *findings, const struct master_service *service)
{
	char whole[SETTINGS_TEXT_MAX];
	const char *word, *start;

	for (int i = 1; i < service->argc; i++) {
		word = service->argv[i];
		start = strchr(word, '=');
		start = start == NULL ? word : start + 1;
		if (*start != '\'' && *start != '"' &&
		    (i + 1 == service->argc || *word != '-' ||
			*service->argv[i + 1] == '-' || *start == '\0' ||
			start == word))
			continue;
		join(service, i, whole, sizeof(whole));
		finding(findings, FINDING_FAULT,
		    "master.cf: %s: \"%s\" is not one option: Postfix splits "
		    "at blanks and knows no quotes, only braces:",
		    service->name, word);
		finding(findings, FINDING_PASTE, "{ %s }", whole);
		return false;
	}
	return true;
}

static void
ignore_obsolete(const struct opt *option)
{
	(void)option;
}

static void
check_values(struct findings *findings, const struct master_service *service,
    const struct settings *settings)
{
	const struct {
		bool given;
		enum finding kind;
		const char *what;
	} values[] = {
		{ settings->check_config || settings->explain ||
			settings->help || settings->version ||
			settings->check_postfix,
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
			finding(findings, values[i].kind, "master.cf: %s: %s",
			    service->name, values[i].what);
	}
}

bool
spawned_check_options(struct findings *findings,
    const struct master_service *service, struct settings *settings)
{
	struct opt_problem problem;

	if (!check_blanks(findings, service))
		return false;
	memset(settings, 0, sizeof(*settings));
	if (!settings_read(settings, service->argc, service->argv,
		ignore_obsolete, &problem)) {
		finding(findings, FINDING_FAULT,
		    "master.cf: %s: grey-check refuses its options: %s",
		    service->name, problem.text);
		return false;
	}
	check_values(findings, service, settings);
	return true;
}
