/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "asked.h"
#include "place.h"

#define RELAY_FIRST "smtpd_relay_before_recipient_restrictions"

enum { PLACES_MAX = 32 };

struct asked {
	struct findings *findings;
	const struct master *master;
	const struct master_service *service;
	bool others; /* some smtpd asks another policy service */
	size_t count;
	const char *places[PLACES_MAX]; /* the lists that ask, once each */
};

static const char *
main_value(const struct asked *asked, const char *name)
{
	return postconf_value(&asked->master->postconf.expanded, name);
}

/*
 * The lists of an smtpd, in its order, up to the check, or up to one that
 * refuses every stranger. *place: the last list.
 */
static void
read_smtpd(const struct asked *asked, const struct master_service *smtpd,
    struct restrictions *seen, struct place *place)
{
	bool recipient_first = strcmp(main_value(asked, RELAY_FIRST), "no") ==
	    0;

	for (int i = 0; i < LISTS && !seen->found && !seen->closed; i++) {
		place_set(place, asked->master, smtpd,
		    recipient_first && (i == RELAY || i == RECIPIENT) ?
			RELAY + RECIPIENT - i :
			i);
		restrictions_read(seen, place->value);
	}
}

static void
check_reached(const struct asked *asked, const struct place *place,
    const struct restrictions *seen)
{
	if (seen->ended[0] != '\0')
		finding(asked->findings, FINDING_FAULT,
		    "%s: the check is never reached: %s stands before it",
		    place->name, seen->ended);
	if (seen->warn_only)
		finding(asked->findings, FINDING_FAULT,
		    "%s: warn_if_reject stands before the check, so nothing is "
		    "deferred",
		    place->name);
	if (strncmp(seen->endpoint, "unix:/", 6) == 0 &&
	    master_is_chrooted(asked->master, place->smtpd))
		finding(asked->findings, FINDING_FAULT,
		    "%s: %s runs in a chroot (master.cf), where there is no "
		    "%s; a name that begins with private/ is found in both",
		    place->name, place->smtpd->path, seen->endpoint + 5);
}

static void
check_order(const struct asked *asked, const struct place *place,
    const struct restrictions *seen)
{
	struct findings *findings = asked->findings;
	bool own;
	const char *waits = postconf_of_service(&asked->master->postconf,
	    place->smtpd->path, "smtpd_delay_reject", &own);

	if (place->list > RECIPIENT)
		finding(findings, FINDING_FAULT,
		    "%s: a mail with several recipients has none here, so the "
		    "check belongs in smtpd_recipient_restrictions",
		    place->name);
	else if (place->list < RELAY && strcmp(waits, "no") == 0)
		finding(findings, FINDING_FAULT,
		    "%s: with smtpd_delay_reject = no there is no recipient "
		    "here yet, so the check belongs in "
		    "smtpd_recipient_restrictions",
		    place->name);
	else if (place->list < RELAY)
		finding(findings, FINDING_REMARK,
		    "%s: the check is better in smtpd_recipient_restrictions, "
		    "after whatever refuses for good",
		    place->name);
	else if (!seen->unauthorized)
		finding(findings, FINDING_REMARK,
		    "%s: the check comes before reject_unauth_destination, so "
		    "attempts to relay are greylisted and recorded",
		    place->name);
	if ((place->list == RELAY || place->list == RECIPIENT) &&
	    !seen->unlisted)
		finding(findings, FINDING_REMARK,
		    "%s: the check comes before reject_unlisted_recipient, so "
		    "a recipient that does not exist is told to come back "
		    "first, and recorded",
		    place->name);
}

static void
check_failure(const struct asked *asked, const struct place *place,
    const struct restrictions *seen)
{
	const char *global = main_value(
	    asked, "smtpd_policy_service_default_action");
	const char *timeout = seen->timeout[0] != '\0' ?
	    seen->timeout :
	    main_value(asked, "smtpd_policy_service_timeout");
	bool own = seen->default_action[0] != '\0';
	const char *action = own ? seen->default_action : global;

	if (!place_lets_pass(action))
		finding(asked->findings, FINDING_REMARK,
		    "%s: if grey-check does not answer within %s, mail waits: "
		    "the default action is \"%s\"",
		    place->name, timeout, action);
	else if (!own && asked->others)
		finding(asked->findings, FINDING_REMARK,
		    "%s: smtpd_policy_service_default_action = %s lets mail "
		    "pass when other policy services do not answer, too; give "
		    "it to this check alone",
		    place->name, action);
	else
		finding(asked->findings, FINDING_OK,
		    "%s: if grey-check does not answer within %s, mail passes "
		    "(%s)",
		    place->name, timeout, action);
}

static void
check_place(struct asked *asked, const struct place *place,
    const struct restrictions *seen)
{
	struct findings *findings = asked->findings;
	unsigned before = findings->count[FINDING_REMARK] +
	    findings->count[FINDING_FAULT];

	finding(findings, FINDING_OK, "%s: smtpd asks %s", place->name,
	    asked->service->name);
	check_reached(asked, place, seen);
	check_order(asked, place, seen);
	check_failure(asked, place, seen);
	if (findings->count[FINDING_REMARK] + findings->count[FINDING_FAULT] >
	    before)
		place_paste(findings, place, seen);
}

static bool
is_known(const struct asked *asked, const char *list)
{
	for (size_t i = 0; i < asked->count; i++) {
		if (asked->places[i] == list)
			return true;
	}
	return false;
}

static void
check_smtpd(struct asked *asked, const struct master_service *smtpd)
{
	struct restrictions seen = { .master = asked->master,
		.service = asked->service };
	struct place place;

	read_smtpd(asked, smtpd, &seen, &place);
	asked->others |= seen.others;
	if (!seen.found || is_known(asked, place.value) ||
	    asked->count == PLACES_MAX)
		return;
	asked->places[asked->count++] = place.value;
	check_place(asked, &place, &seen);
}

static const struct master_service *
next_smtpd(const struct master *master, const struct master_service *after)
{
	const struct master_service *end = master->services + master->count;

	after = after == NULL ? master->services : after + 1;
	for (; after < end; after++) {
		if (strcmp(after->daemon, "smtpd") == 0)
			return after;
	}
	return NULL;
}

/* Into the lists of the first smtpd that strangers get to. */
static void
paste_for_strangers(const struct asked *asked, const char *meant)
{
	const struct master_service *smtpd = NULL;
	struct restrictions seen;
	struct place place;

	do {
		smtpd = next_smtpd(asked->master, smtpd);
		if (smtpd == NULL)
			return; /* the logins' alone */
		seen = (struct restrictions){ .master = asked->master,
			.service = asked->service,
			.meant = meant };
		read_smtpd(asked, smtpd, &seen, &place);
	} while (seen.closed && !seen.found &&
	    (place.list != RECIPIENT || place.own));
	if (!seen.found)
		place_set(&place, asked->master, smtpd, RECIPIENT);
	place_paste(asked->findings, &place, &seen);
}

/* Nobody asks: neither a list nor a class, which tables may name. */
static void
nobody_asks(const struct asked *asked, const char *meant)
{
	if (restrictions_class_asks(asked->master, asked->service)) {
		finding(asked->findings, FINDING_OK,
		    "main.cf: a class of smtpd_restriction_classes asks %s; a "
		    "table decides for whom",
		    asked->service->name);
		return;
	}
	if (next_smtpd(asked->master, NULL) == NULL) {
		finding(asked->findings, FINDING_FAULT,
		    "master.cf: there is no smtpd, so no mail comes in that %s "
		    "could be asked about",
		    asked->service->name);
		return;
	}
	finding(asked->findings, FINDING_FAULT,
	    "main.cf: no smtpd asks %s: no list of restrictions that a "
	    "stranger gets to has a check_policy_service for it",
	    asked->service->name);
	paste_for_strangers(asked, meant);
}

bool
asked_by_any(const struct master *master, const struct master_service *service)
{
	const struct asked asked = { .master = master, .service = service };
	const struct master_service *smtpd = NULL;
	struct place place;

	while ((smtpd = next_smtpd(master, smtpd)) != NULL) {
		struct restrictions seen = { .master = master,
			.service = service };

		read_smtpd(&asked, smtpd, &seen, &place);
		if (seen.found)
			return true;
	}
	return restrictions_class_asks(master, service);
}

void
asked_check(struct findings *findings, const struct master *master,
    const struct master_service *service, const char *meant)
{
	struct asked asked = {
		.findings = findings, .master = master, .service = service
	};
	const struct master_service *smtpd = NULL;

	while ((smtpd = next_smtpd(master, smtpd)) != NULL)
		check_smtpd(&asked, smtpd);
	if (asked.count == 0)
		nobody_asks(&asked, meant);
}
