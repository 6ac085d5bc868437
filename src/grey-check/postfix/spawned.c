/* SPDX-License-Identifier: BSD-2-Clause */
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "common/num.h"
#include "command.h"
#include "spawned.h"

/* Seconds; what SMTPD_POLICY_README has in its examples. */
enum { GOOD_TIME_LIMIT = 3600 };

static const char *
value(const struct master *master, const char *name)
{
	return postconf_value(&master->postconf.expanded, name);
}

/* "3600s", "1h", as in postconf(5); 0 where it is none of that. */
static int64_t
seconds(const char *text)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { '\0', 1 }, { 's', 1 }, { 'm', 60 }, { 'h', 3600 },
		{ 'd', 86400 }, { 'w', 604800 } };
	size_t len = strspn(text, "0123456789");
	int64_t number;

	if (!num_decimal((struct bytes){ text, len }, &number))
		return 0;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (text[len] == units[i].unit)
			return number * units[i].seconds;
	}
	return 0;
}

static void
check_limits(struct findings *findings, const struct master *master,
    const struct master_service *service)
{
	char name[300];
	const char *limit, *column = service->limit;
	bool own;

	if (strcmp(column, "0") != 0) {
		finding(findings, FINDING_REMARK,
		    "master.cf: %s: no more than %s smtpd processes can ask at "
		    "a time (maxproc), others wait; 0 is no limit",
		    service->name,
		    *column == '-' ? value(master, "default_process_limit") :
				     column);
		finding(findings, FINDING_PASTE, "%s -F '%s/process_limit = 0'",
		    master->postconf.command, service->path);
	}
	snprintf(name, sizeof(name), "%s_time_limit", service->name);
	limit = postconf_of_service(
	    &master->postconf, service->path, name, &own);
	if (*limit == '\0')
		limit = value(master, "command_time_limit");
	if (seconds(limit) == 0 || seconds(limit) >= GOOD_TIME_LIMIT)
		return;
	finding(findings, FINDING_REMARK,
	    "main.cf: %s is %s: spawn(8) kills a grey-check that is older, "
	    "with a warning in the log",
	    name, limit);
	finding(findings, FINDING_PASTE, "%s -e '%s = 3600s'",
	    master->postconf.command, name);
}

void
spawned_check_columns(struct findings *findings, const struct master *master,
    const struct master_service *service)
{
	if (*service->unprivileged != 'n') {
		finding(findings, FINDING_FAULT,
		    "master.cf: %s: the column unpriv must be n: spawn(8) "
		    "needs root to become user=",
		    service->name);
		finding(findings, FINDING_PASTE, "%s -F '%s/unprivileged = n'",
		    master->postconf.command, service->path);
	}
	if (master_is_chrooted(master, service)) {
		finding(findings, FINDING_FAULT,
		    "master.cf: %s: the column chroot must be n: in Postfix's "
		    "chroot there is neither the program nor its store",
		    service->name);
		finding(findings, FINDING_PASTE, "%s -F '%s/chroot = n'",
		    master->postconf.command, service->path);
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
		return "is Postfix's own user, which spawn(8) refuses";
	if (owner != NULL && group == owner->pw_gid)
		return "has Postfix's own group, which spawn(8) refuses";
	return NULL;
}

static bool
no_user(struct findings *findings, const struct master *master,
    const struct master_service *service)
{
	if (service->user == NULL) {
		finding(findings, FINDING_FAULT,
		    "master.cf: %s: user= is missing, so spawn(8) runs "
		    "nothing; give it a user of its own:",
		    service->name);
		command_paste_user(findings, master, service, "grey");
		return false;
	}
	finding(findings, FINDING_FAULT,
	    "master.cf: %s: user=%s: there is no such user, so spawn(8) runs "
	    "nothing",
	    service->name, service->user);
	finding(findings, FINDING_PASTE,
	    "useradd --system --user-group --home-dir " GREY_STORE " --shell "
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
		return no_user(findings, master, service);
	*user = passwd->pw_uid;
	*group = passwd->pw_gid;
	if (service->group != NULL) {
		named = getgrnam(service->group);
		if (named == NULL) {
			finding(findings, FINDING_FAULT,
			    "master.cf: %s: user=%s:%s: there is no such "
			    "group, so spawn(8) runs nothing",
			    service->name, service->user, service->group);
			command_paste_user(
			    findings, master, service, service->user);
			return false;
		}
		*group = named->gr_gid;
	}
	why = refused(master, *user, *group);
	if (why == NULL)
		return true;
	finding(findings, FINDING_FAULT,
	    "master.cf: %s: user=%s %s; give it a user of its own:",
	    service->name, service->user, why);
	command_paste_user(findings, master, service, "grey");
	return false;
}
