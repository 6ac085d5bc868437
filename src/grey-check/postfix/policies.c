/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <stdio.h>
#include <string.h>

#include "policies.h"

#define CHECK "check_policy_service"

static void
add(struct policies *policies, const char *name, size_t len)
{
	char text[POLICY_NAME_MAX];

	if (len == 0 || len >= sizeof(text) || policies->count == POLICIES_MAX)
		return;
	memcpy(text, name, len);
	text[len] = '\0';
	for (size_t i = 0; i < policies->count; i++) {
		if (strcmp(policies->name[i], text) == 0)
			return;
	}
	memcpy(policies->name[policies->count++], text, len + 1);
}

static void
find_in(struct policies *policies, const struct postconf_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		const char *at = lines->line[i];

		while ((at = strstr(at, CHECK)) != NULL) {
			at += strlen(CHECK);
			at += strspn(at, WORDS_LIST "{");
			add(policies, at, strcspn(at, WORDS_LIST "}"));
		}
	}
}

void
policies_find(const struct master *master, struct policies *policies)
{
	policies->count = 0;
	find_in(policies, &master->postconf.expanded);
	find_in(policies, &master->postconf.overrides);
}

static bool
is_served(const struct master *master, const char *name)
{
	struct stat status;

	for (size_t i = 0; i < master->count; i++) {
		if (service_is_endpoint(
			&master->services[i], name, master->queue))
			return true;
	}
	/* A socket that another program listens at has a path of its own. */
	return strncmp(name, "unix:", 5) != 0 ||
	    (strncmp(name, "unix:private/", 13) != 0 &&
		stat(name + 5, &status) == 0);
}

void
policies_check(struct findings *findings, const struct master *master,
    const struct policies *policies)
{
	for (size_t i = 0; i < policies->count; i++) {
		if (!is_served(master, policies->name[i]))
			finding(findings, FINDING_FAULT,
			    "main.cf: check_policy_service asks %s, and "
			    "master.cf has no such service: is the name "
			    "misspelt?",
			    policies->name[i]);
	}
}
