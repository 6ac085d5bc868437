/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "asked.h"
#include "check.h"
#include "inside.h"
#include "postgrey.h"
#include "probe.h"
#include "spawned.h"

static void
check_service(struct findings *findings, const struct master *master,
    const struct policies *policies, const struct master_service *service)
{
	static struct settings settings;
	bool understood, has_user;
	uid_t user;
	gid_t group;

	spawned_check_columns(findings, master, service);
	understood = spawned_check_options(findings, service, &settings);
	has_user = spawned_check_user(findings, master, service, &user, &group);
	asked_check(findings, master, service);
	if (!understood || !has_user)
		return; /* it can't answer */
	inside_check(findings, master, service, &settings, user, group);
	probe(findings, master, service, &settings);
	postgrey_check(findings, master, policies, &settings);
}

/*
 * Beside spawn(8) there are inetd(8) and systemd's sockets, which listen at a
 * port. Their options are not looked at.
 */
static size_t
check_ports(struct findings *findings, const struct master *master,
    const struct policies *policies)
{
	struct master_service service = { .type = "inet", .private = "n" };
	size_t count = 0;

	for (size_t i = 0; i < policies->count; i++) {
		if (strncmp(policies->name[i], "inet:", 5) != 0)
			continue;
		service.name = policies->name[i] + 5;
		asked_check(findings, master, &service);
		probe(findings, master, &service, NULL);
		count++;
	}
	return count;
}

static void
no_service(struct findings *findings)
{
	finding(findings, FINDING_FAULT,
	    "master.cf: no service runs grey-check under spawn(8)");
	finding(findings, FINDING_PASTE,
	    "postconf -M 'greylist/unix = greylist unix - n n - 0 spawn "
	    "user=grey argv=" GREY_SBINDIR "/grey-check --store=" GREY_STORE
	    "'");
}

static void
check_all(struct findings *findings, const struct master *master)
{
	static struct policies policies;
	size_t services = 0;

	policies_find(master, &policies);
	policies_check(findings, master, &policies);
	for (size_t i = 0; i < master->count; i++) {
		if (!service_runs(&master->services[i], "grey-check"))
			continue;
		services++;
		check_service(
		    findings, master, &policies, &master->services[i]);
	}
	if (services == 0)
		services = check_ports(findings, master, &policies);
	if (services == 0)
		no_service(findings);
}

static int
conclude(const struct findings *findings)
{
	unsigned faults = findings->count[FINDING_FAULT];
	unsigned remarks = findings->count[FINDING_REMARK];

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
	struct findings findings = { .out = out };
	struct master master = { .count = 0 };

	if (master_read(&master, configuration))
		check_all(&findings, &master);
	else
		finding(&findings, FINDING_FAULT,
		    "Postfix' configuration can't be read");
	master_free(&master);
	return conclude(&findings);
}
