/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <strings.h>

#include "asked.h"
#include "restrictions.h"

/* In the order in which smtpd(8) looks at them. */
enum { CLIENT, HELO, SENDER, RELAY, RECIPIENT, DATA, END_OF_DATA, LISTS };
static const char *const list_names[LISTS] = { "smtpd_client_restrictions",
	"smtpd_helo_restrictions", "smtpd_sender_restrictions",
	"smtpd_relay_restrictions", "smtpd_recipient_restrictions",
	"smtpd_data_restrictions", "smtpd_end_of_data_restrictions" };

#define RELAY_FIRST "smtpd_relay_before_recipient_restrictions"
#define UNAUTHORIZED "reject_unauth_destination, "
#define UNLISTED "reject_unlisted_recipient, "

enum { PLACES_MAX = 32, MENDED_MAX = 4096 };

struct asked {
	struct findings *findings;
	const struct master *master;
	const struct master_service *service;
	bool others; /* some smtpd asks another policy service */
	size_t count;
	const char *places[PLACES_MAX]; /* the lists that ask, once each */
};

static bool
is_known(const struct asked *asked, const char *list)
{
	for (size_t i = 0; i < asked->count; i++) {
		if (asked->places[i] == list)
			return true;
	}
	return false;
}

static const char *
main_value(const struct asked *asked, const char *name)
{
	return postconf_value(&asked->master->postconf.expanded, name);
}

/* Where a list stands, for the reader and for what is to be pasted. */
struct place {
	const struct master_service *smtpd; /* that says it, NULL: main.cf */
	int list;
	char name[320];
};

static void
check_reached(struct asked *asked, const struct place *place,
    const struct restrictions *seen)
{
	if (seen->ended)
		finding(asked->findings, FINDING_FAULT,
		    "%s: the check is never reached: permit, reject or defer "
		    "stands before it; move it to the front of that",
		    place->name);
	if (seen->warn_only)
		finding(asked->findings, FINDING_FAULT,
		    "%s: warn_if_reject stands before the check, so nothing is "
		    "deferred; take it away",
		    place->name);
}

static void
check_order(struct asked *asked, const struct place *place,
    const struct restrictions *seen)
{
	struct findings *findings = asked->findings;

	if (place->list < RELAY)
		finding(findings, FINDING_REMARK,
		    "%s: the check is better in smtpd_recipient_restrictions, "
		    "after whatever refuses for good",
		    place->name);
	else if (place->list > RECIPIENT)
		finding(findings, FINDING_FAULT,
		    "%s: a mail with several recipients has none here, so the "
		    "check belongs in smtpd_recipient_restrictions",
		    place->name);
	else if (!seen->unauthorized)
		finding(findings, FINDING_REMARK,
		    "%s: the check comes before reject_unauth_destination, so "
		    "attempts to relay are greylisted and recorded",
		    place->name);
	if (place->list <= RECIPIENT && !seen->unlisted)
		finding(findings, FINDING_REMARK,
		    "%s: the check comes before reject_unlisted_recipient, so "
		    "a recipient that does not exist is told to come back "
		    "first, and recorded",
		    place->name);
}

/* What the letters of an access(5) action mean for the mail. */
static bool
lets_pass(const char *action)
{
	return strncasecmp(action, "DUNNO", 5) == 0 ||
	    strncasecmp(action, "OK", 2) == 0 ||
	    strncasecmp(action, "PERMIT", 6) == 0;
}

static void
check_failure(struct asked *asked, const struct place *place,
    const struct restrictions *seen)
{
	const char *global = main_value(
	    asked, "smtpd_policy_service_default_action");
	const char *timeout = seen->timeout[0] != '\0' ?
	    seen->timeout :
	    main_value(asked, "smtpd_policy_service_timeout");
	bool own = seen->default_action[0] != '\0';
	const char *action = own ? seen->default_action : global;

	if (!lets_pass(action))
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

/* One line that mends all that was remarked on. */
static void
paste(struct asked *asked, const struct place *place,
    const struct restrictions *seen)
{
	static char mended[MENDED_MAX];
	char before[sizeof(UNAUTHORIZED UNLISTED)] = "";
	const char *list = list_names[place->list];
	bool own;

	if (place->list == RECIPIENT && !seen->unauthorized)
		strcat(before, UNAUTHORIZED);
	if (place->list == RECIPIENT && !seen->unlisted)
		strcat(before, UNLISTED);
	if (place->smtpd != NULL &&
	    restrictions_mend(seen,
		postconf_of_service(
		    &asked->master->postconf, place->smtpd->path, list, &own),
		before, mended, sizeof(mended)))
		finding(asked->findings, FINDING_PASTE,
		    "in master.cf, below %s: -o { %s = %s }",
		    place->smtpd->name, list, mended);
	if (place->smtpd == NULL &&
	    restrictions_mend(seen,
		postconf_value(&asked->master->postconf.written, list), before,
		mended, sizeof(mended)))
		finding(asked->findings, FINDING_PASTE, "postconf -e '%s = %s'",
		    list, mended);
}

static void
check_place(struct asked *asked, const struct place *place,
    const struct restrictions *seen)
{
	struct findings *findings = asked->findings;
	unsigned before = findings->count[FINDING_REMARK];

	finding(findings, FINDING_OK, "%s: smtpd asks %s", place->name,
	    asked->service->name);
	check_reached(asked, place, seen);
	check_order(asked, place, seen);
	check_failure(asked, place, seen);
	if (findings->count[FINDING_REMARK] > before)
		paste(asked, place, seen);
}

static void
found_in(struct asked *asked, const struct master_service *smtpd, int list,
    const char *value, const struct restrictions *seen)
{
	struct place place = { .smtpd = smtpd, .list = list };

	if (is_known(asked, value) || asked->count == PLACES_MAX)
		return;
	asked->places[asked->count++] = value;
	snprintf(place.name, sizeof(place.name), "%s%s",
	    smtpd == NULL ? "main.cf: " : smtpd->path,
	    smtpd == NULL ? "" : ": -o ");
	snprintf(place.name + strlen(place.name),
	    sizeof(place.name) - strlen(place.name), "%s", list_names[list]);
	check_place(asked, &place, seen);
}

/* The lists of an smtpd, in its order. */
static void
read_smtpd(struct asked *asked, const struct master_service *smtpd)
{
	struct restrictions seen = { .master = asked->master,
		.service = asked->service };
	bool recipient_first = strcmp(main_value(asked, RELAY_FIRST), "no") ==
	    0;
	const char *value = NULL;
	bool own = false;
	int list = 0;

	for (int i = 0; i < LISTS && !seen.found; i++) {
		list = recipient_first && (i == RELAY || i == RECIPIENT) ?
		    RELAY + RECIPIENT - i :
		    i;
		value = postconf_of_service(&asked->master->postconf,
		    smtpd->path, list_names[list], &own);
		restrictions_read(&seen, value);
	}
	asked->others |= seen.others;
	if (seen.found)
		found_in(asked, own ? smtpd : NULL, list, value, &seen);
}

/* Nobody asks: neither a list nor a class, which tables may name. */
static void
nobody_asks(struct asked *asked)
{
	const char *list = list_names[RECIPIENT];

	if (restrictions_class_asks(asked->master, asked->service)) {
		finding(asked->findings, FINDING_OK,
		    "main.cf: a class of smtpd_restriction_classes asks %s; a "
		    "table decides for whom",
		    asked->service->name);
		return;
	}
	finding(asked->findings, FINDING_FAULT,
	    "main.cf: no smtpd asks %s: no list of restrictions has a "
	    "check_policy_service for it",
	    asked->service->name);
	finding(asked->findings, FINDING_PASTE,
	    "postconf -e '%s = %s%s" UNAUTHORIZED UNLISTED
	    "check_policy_service { unix:private/%s, timeout=10s, "
	    "default_action=DUNNO }'",
	    list, postconf_value(&asked->master->postconf.written, list),
	    *postconf_value(&asked->master->postconf.written, list) == '\0' ?
		"permit_mynetworks, permit_sasl_authenticated, " :
		", ",
	    asked->service->name);
}

void
asked_check(struct findings *findings, const struct master *master,
    const struct master_service *service)
{
	struct asked asked = {
		.findings = findings, .master = master, .service = service
	};

	for (size_t i = 0; i < master->count; i++) {
		if (strcmp(master->services[i].daemon, "smtpd") == 0)
			read_smtpd(&asked, &master->services[i]);
	}
	if (asked.count == 0)
		nobody_asks(&asked);
}
