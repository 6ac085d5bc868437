/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <stdio.h>
#include <string.h>

#include "policies.h"
#include "service_connect.h"

#define CHECK "check_policy_service"

static void
add(struct policies *policies, const char *name, size_t len)
{
	char text[POLICY_NAME_MAX];

	if (len >= sizeof(text) || policies->count == POLICIES_MAX)
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

		/* It repeats all lists, without an end between them. */
		if (strncmp(at, "proxy_read_maps ", 16) == 0)
			continue;
		while ((at = strcasestr(at, CHECK)) != NULL) {
			at += strlen(CHECK);
			at += strspn(at, WORDS_LIST "{");
			add(policies, at, strcspn(at, WORDS_LIST "}"));
		}
	}
}

void
policies_find(const struct master *master, struct policies *policies)
{
	memset(policies, 0, sizeof(*policies));
	find_in(policies, &master->postconf.expanded);
	find_in(policies, &master->postconf.overrides);
}

struct master_service
policies_other(const char *name)
{
	return (struct master_service){ .endpoint = name,
		.name = name + 5,
		.type = strncmp(name, "inet:", 5) == 0 ? "inet" : "unix",
		.private = "n" };
}

static bool
is_served(const struct master *master, const char *name)
{
	struct master_service other;
	struct stat status;
	char path[4096];

	for (size_t i = 0; i < master->count; i++) {
		if (service_is_endpoint(
			&master->services[i], name, master->queue))
			return true;
	}
	if (strncmp(name, "inet:", 5) == 0)
		return true;
	if (strncmp(name, "unix:", 5) != 0)
		return false;
	/* Another program may listen there; smtpd(8) is in its queue. Among
	   the sockets of master(8) are some that nobody serves any more. */
	other = policies_other(name);
	service_path(&other, master->queue, path, sizeof(path));
	return stat(path, &status) == 0 &&
	    (strncmp(name, "unix:private/", 13) != 0 ||
		service_is_listening(master, &other));
}

static bool
has_transport(const char *name)
{
	return strncmp(name, "unix:", 5) == 0 || strncmp(name, "inet:", 5) == 0;
}

const char *
policies_check(struct findings *findings, const struct master *master,
    const struct policies *policies)
{
	const char *misspelt = NULL;

	for (size_t i = 0; i < policies->count; i++) {
		const char *name = policies->name[i];

		if (is_served(master, name))
			continue;
		misspelt = name;
		if (has_transport(name))
			finding(findings, FINDING_FAULT,
			    "main.cf: check_policy_service asks %s, and "
			    "master.cf has no such service: is the name "
			    "misspelt, or has grey-check --serve, which is to "
			    "listen there, not been started?",
			    name);
		else
			finding(findings, FINDING_FAULT,
			    "main.cf: check_policy_service \"%s\": a name "
			    "that begins with unix: or inet: has to follow, or "
			    "smtpd gives up",
			    name);
	}
	return misspelt;
}
