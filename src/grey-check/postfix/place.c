/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "place.h"

#define UNAUTHORIZED "reject_unauth_destination, "
#define UNLISTED "reject_unlisted_recipient, "
#define FRIENDS "permit_mynetworks, permit_sasl_authenticated, "

enum { LIST_MAX = 8192 };

static const char *const place_names[LISTS] = { "smtpd_client_restrictions",
	"smtpd_helo_restrictions", "smtpd_sender_restrictions",
	"smtpd_relay_restrictions", "smtpd_recipient_restrictions",
	"smtpd_data_restrictions", "smtpd_end_of_data_restrictions" };

void
place_set(struct place *place, const struct master *master,
    const struct master_service *smtpd, int list)
{
	place->smtpd = smtpd;
	place->list = list;
	place->value = postconf_of_service(
	    &master->postconf, smtpd->path, place_names[list], &place->own);
	snprintf(place->name, sizeof(place->name), "%s%s%s",
	    place->own ? smtpd->path : "main.cf", place->own ? ": -o " : ": ",
	    place_names[list]);
}

bool
place_lets_pass(const char *action)
{
	return strncasecmp(action, "DUNNO", 5) == 0 ||
	    strncasecmp(action, "OK", 2) == 0 ||
	    strncasecmp(action, "PERMIT", 6) == 0;
}

/* The place's list, with `instead` where the check stands or should. */
static bool
paste_list(struct findings *findings, const struct place *place,
    const struct restrictions *seen, const char *instead)
{
	static char mended[LIST_MAX], quoted[LIST_MAX];
	const struct postconf *postconf = &seen->master->postconf;
	const char *list = place_names[place->list];

	if (!restrictions_place(seen,
		place->own ? place->value :
			     postconf_value(&postconf->written, list),
		instead, mended, sizeof(mended)))
		return false;
	words_quote(mended, quoted, sizeof(quoted));
	if (place->own)
		finding(findings, FINDING_PASTE,
		    "in master.cf, below %s: -o { %s = %s }",
		    place->smtpd->name, list, mended);
	else
		finding(findings, FINDING_PASTE, "%s -e '%s = %s'",
		    postconf->command, list, quoted);
	return true;
}

/* The check as README has it, with the options that it had, */
static void
write_check(const struct restrictions *seen, char *out, size_t size)
{
	const struct master_service *service = seen->service;
	const char *action = seen->default_action;
	bool keep_action = place_lets_pass(action) &&
	    action[strcspn(action, WORDS_LIST)] == '\0';
	char endpoint[300];

	service_endpoint(service, endpoint, sizeof(endpoint));
	if (seen->found && seen->meant == NULL &&
	    strncmp(seen->endpoint, "inet:", 5) == 0)
		snprintf(endpoint, sizeof(endpoint), "%s", seen->endpoint);
	snprintf(out, size,
	    "check_policy_service { %s, timeout=%s, default_action=%s%s }",
	    endpoint, seen->timeout[0] == '\0' ? "10s" : seen->timeout,
	    keep_action ? action : "DUNNO", seen->options);
}

/* ... and what has to be refused before it. */
static bool
paste_check(struct findings *findings, const struct place *place,
    const struct restrictions *seen)
{
	char check[1024], text[1280];
	/* It will stand before whatever ended the list. */
	bool moves = seen->ended[0] != '\0' &&
	    (seen->found || seen->own_permitted);

	write_check(seen, check, sizeof(check));
	snprintf(text, sizeof(text), "%s%s%s%s",
	    *place->value == '\0' ? FRIENDS : "",
	    seen->unauthorized && !moves && *place->value != '\0' ?
		"" :
		UNAUTHORIZED,
	    seen->unlisted && !moves ? "" : UNLISTED, check);
	return paste_list(findings, place, seen, text);
}

/* Out of a list that comes too early or too late, and into the right one. */
static bool
paste_move(struct findings *findings, const struct place *place,
    const struct restrictions *seen)
{
	struct restrictions without = *seen;
	struct place recipient;

	if (!paste_list(findings, place, seen, ""))
		return false;
	place_set(&recipient, seen->master, place->smtpd, RECIPIENT);
	without.found = without.unauthorized = without.unlisted = false;
	restrictions_read(&without, recipient.value);
	return paste_check(findings, &recipient, &without);
}

void
place_paste(struct findings *findings, const struct place *place,
    const struct restrictions *seen)
{
	bool right = place->list == RELAY || place->list == RECIPIENT;

	if (!(right ? paste_check : paste_move)(findings, place, seen))
		finding(findings, FINDING_PASTE,
		    "the check stands in a class or a $name that this list "
		    "names: mend it there");
}
