/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include "asked.h"
#include "check.h"
#include "inside.h"
#include "postgrey.h"
#include "probe.h"
#include "resident.h"
#include "service_connect.h"
#include "spawned.h"

/* What all parts need. */
struct check {
	struct findings findings;
	struct master master;
	struct policies policies;
	struct probed probed[POLICIES_MAX]; /* those not of master.cf */
	/* A policy that nobody serves, or postgrey's; NULL: neither. */
	const char *meant;
	bool compared; /* with what postgrey left, which is said once */
};

static void
check_service(struct check *check, const struct master_service *service)
{
	static struct settings settings;
	static struct probed probed;
	struct findings *findings = &check->findings;
	bool understood, has_user;
	uid_t user;
	gid_t group;

	spawned_check_columns(findings, &check->master, service);
	understood = spawned_check_options(
	    findings, &check->master, service, &settings);
	has_user = spawned_check_user(
	    findings, &check->master, service, &user, &group);
	asked_check(findings, &check->master, service, check->meant);
	if (!understood || !has_user)
		return; /* it can't answer */
	inside_check(findings, &check->master, service, &settings, user, group);
	probe_ask(&check->master, service, &probed);
	(void)probe_judge(findings, service, &settings, &probed);
	if (!check->compared)
		postgrey_check(
		    findings, &check->master, &check->policies, &settings);
	check->compared = true;
}

static void
nobody_needs(struct check *check, const struct master_service *service)
{
	finding(&check->findings, FINDING_REMARK,
	    "master.cf: %s runs grey-check, and no smtpd asks it; to take it "
	    "away:",
	    service->name);
	finding(&check->findings, FINDING_PASTE, "%s -MX %s",
	    check->master.postconf.command, service->path);
}

static size_t
count_services(const struct master *master)
{
	size_t count = 0;

	for (size_t i = 0; i < master->count; i++)
		count += service_runs(&master->services[i], "grey-check");
	return count;
}

/* Those of spawn(8). other_asked: another grey-check is. */
static void
check_services(struct check *check, bool other_asked)
{
	const struct master *master = &check->master;
	const struct master_service *end = master->services + master->count;
	bool some_asked = other_asked;

	for (const struct master_service *at = master->services; at < end; at++)
		some_asked |= service_runs(at, "grey-check") &&
		    asked_by_any(master, at);
	for (const struct master_service *at = master->services; at < end;
	     at++) {
		if (!service_runs(at, "grey-check"))
			continue;
		if (some_asked && !asked_by_any(master, at))
			nobody_needs(check, at);
		else
			check_service(check, at);
	}
}

/* Options are known only of a process of this host that stays. */
static bool
check_other(struct check *check, struct master_service *service,
    const struct probed *probed)
{
	static struct settings settings;
	struct findings *findings = &check->findings;

	if (!probe_judge(findings, service, NULL, probed))
		return false;
	asked_check(findings, &check->master, service, NULL);
	if (probed->server == 0 ||
	    !resident_check(
		findings, &check->master, service, probed->server, &settings))
		return true;
	if (!check->compared)
		postgrey_check(
		    findings, &check->master, &check->policies, &settings);
	check->compared = true;
	return true;
}

/* A name that may be one; what is in master.cf is looked at there. */
static bool
may_be_other(const struct master *master, const char *name)
{
	struct master_service other = policies_other(name);

	for (size_t i = 0; i < master->count; i++) {
		if (service_is_endpoint(
			&master->services[i], name, master->queue))
			return false;
	}
	return strncmp(name, "inet:", 5) == 0 ||
	    (strncmp(name, "unix:", 5) == 0 &&
		(strncmp(name, "unix:private/", 13) != 0 ||
		    service_is_listening(master, &other)));
}

static void
ask_others(struct check *check)
{
	struct policies *policies = &check->policies;
	struct master_service other;

	for (size_t i = 0; i < policies->count; i++) {
		other = policies_other(policies->name[i]);
		if (!may_be_other(&check->master, other.endpoint))
			continue;
		probe_ask(&check->master, &other, &check->probed[i]);
		policies->is_ours[i] = probe_is_grey(&check->probed[i]);
	}
}

/*
 * Beside spawn(8) there are grey-check --serve, inetd(8) and systemd's sockets.
 * Other policy services are at such places, too: what answers, and not as
 * grey-check does, is none of ours; nor is what does not answer at all, where
 * spawn(8) runs ours.
 */
static size_t
check_others(struct check *check, bool is_spawned)
{
	struct master_service service;
	size_t count = 0;

	for (size_t i = 0; i < check->policies.count; i++) {
		service = policies_other(check->policies.name[i]);
		if (check->probed[i].asked &&
		    (check->policies.is_ours[i] || !is_spawned))
			count += check_other(
			    check, &service, &check->probed[i]);
	}
	return count;
}

static void
no_service(struct check *check)
{
	finding(&check->findings, FINDING_FAULT,
	    "master.cf: no service runs grey-check under spawn(8), and no "
	    "grey-check --serve is asked");
	finding(&check->findings, FINDING_PASTE,
	    "%s -M 'greylist/unix = greylist unix - n n - 0 spawn "
	    "user=grey:%s argv=" GREY_SBINDIR "/grey-check --store=" GREY_STORE
	    "'",
	    check->master.postconf.command,
	    postconf_value(&check->master.postconf.expanded, "setgid_group"));
}

static void
check_all(struct check *check)
{
	const struct master *master = &check->master;
	bool spawned;
	size_t others;

	ask_others(check);
	check->meant = policies_check(
	    &check->findings, master, &check->policies);
	if (check->meant == NULL)
		check->meant = postgrey_asked(master, &check->policies);
	spawned = count_services(master) > 0;
	others = check_others(check, spawned);
	check_services(check, others > 0);
	if (!spawned && others == 0)
		no_service(check);
}

/* Only root gets to the sockets of Postfix, and can become another user. */
static bool
is_root(const struct findings *findings)
{
	if (geteuid() == 0)
		return true;
	fprintf(findings->out,
	    "Whether greylisting works can't be said: run this as root.\n");
	return false;
}

static int
conclude(const struct findings *findings)
{
	unsigned faults = findings->count[FINDING_FAULT];
	unsigned remarks = findings->count[FINDING_REMARK];

	if (!is_root(findings))
		return 1;
	if (faults > 0)
		fprintf(findings->out,
		    "Greylisting does not work: %u fault%s, %u remark%s.\n",
		    faults, faults == 1 ? "" : "s", remarks,
		    remarks == 1 ? "" : "s");
	else
		fprintf(findings->out, "Greylisting works, with %u remark%s.\n",
		    remarks, remarks == 1 ? "" : "s");
	return faults > 0;
}

int
postfix_check(const char *configuration, FILE *out)
{
	static struct check check;

	check.findings.out = out;
	if (master_read(&check.master, configuration)) {
		policies_find(&check.master, &check.policies);
		check_all(&check);
	} else
		finding(&check.findings, FINDING_FAULT,
		    "Postfix's configuration can't be read%s%s",
		    configuration == NULL ? "" : " in ",
		    configuration == NULL ? "" : configuration);
	master_free(&check.master);
	return conclude(&check.findings);
}
