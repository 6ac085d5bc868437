/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grey-check/decide.h"
#include "grey-check/settings.h"
#include "unit.h"

#define OPTION "--whitelist-clients="

struct given {
	struct settings settings;
	struct conf conf;
	char list[80]; /* the file */
	char *option;  /* allocated: the names of files live in it */
};

static struct given first, second;
static struct decider decider;
static bool done;

static void
note_done(struct decision *decision)
{
	(void)decision;
	done = true;
}

/* With one list of clients, of this text. */
static void
give(struct given *given, const char *text)
{
	char *argv[] = { "grey-check", "--config=none", "--store=mem:", NULL,
		"--whitelist-recipients=/dev/null",
		"--whitelist-senders=/dev/null", NULL };
	struct opt_problem problem;
	FILE *file;

	strcpy(given->list, "/tmp/grey-unit-XXXXXX");
	file = fdopen(mkstemp(given->list), "w");
	if (!CHECK(file != NULL))
		abort();
	CHECK(fputs(text, file) >= 0 && fclose(file) == 0);
	given->option = malloc(sizeof(OPTION) + strlen(given->list));
	if (!CHECK(given->option != NULL))
		abort();
	sprintf(given->option, OPTION "%s", given->list);
	argv[3] = given->option;
	CHECK(settings_read(
	    &given->settings, &given->conf, 6, argv, NULL, &problem));
}

static void
take_away(struct given *given)
{
	unlink(given->list);
	free(given->option);
}

static void
set(struct request *request, enum request_attribute name, const char *value)
{
	request_set(request, name, bytes_of(value));
}

static void
make_request(struct request *request)
{
	request_clear(request);
	set(request, REQUEST_TYPE, "smtpd_access_policy");
	set(request, REQUEST_CLIENT_ADDRESS, "192.0.2.30");
	set(request, REQUEST_CLIENT_NAME, "mail.example.net");
	set(request, REQUEST_SENDER, "a@example.net");
	set(request, REQUEST_RECIPIENT, "b@example.org");
}

/* While the store takes its time, other lists may come into use. */
static void
outlives_its_list(void)
{
	static struct request request;
	static struct instances instances;
	static struct decision decision;
	char name[sizeof(first.list)];

	make_request(&request);
	instances_init(&instances);
	give(&first, "example.net delay=77\n");
	give(&second, "example.com\n");
	strcpy(name, first.list);
	decision = (struct decision){
		.request = &request, .instances = &instances, .done = note_done
	};
	CHECK(decider_init(&decider, &first.settings, DECIDER_SERVES_MANY));
	CHECK(!decide_begin(&decider, &decision, 1000));
	decider_set(&decider, &second.settings);
	take_away(&first);
	CHECK(lists_refresh(&decider.lists, 1));
	CHECK(!done);
	CHECK_TEXT(decision.verdict.rule.file, name);
	store_turn(decider.lookup.store);
	CHECK(done);
	CHECK_NUMBER(decision.verdict.reason, VERDICT_NEW);
	CHECK_NUMBER(decision.verdict.delay, 77);
	decider_free(&decider);
	take_away(&second);
}

const struct unit_test unit_decide[] = {
	{ "a decision names the list that decided it, though others came into "
	  "use before the store was done with it",
	    outlives_its_list },
	{ NULL, NULL }
};
