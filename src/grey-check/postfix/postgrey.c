/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grey-check/lists.h"
#include "missing.h"
#include "postgrey.h"

/*
 * Where Debian, Red Hat, Arch and Gentoo, an administrator and a running
 * postgrey keep its options.
 */
static const char *const options_at[] = { "/etc/default/postgrey",
	"/etc/sysconfig/postgrey", "/etc/conf.d/postgrey",
	"/etc/conf.d/postgrey.conf", "/etc/systemd/system/postgrey.service",
	"/etc/systemd/system/postgrey.service.d/*.conf",
	"/usr/lib/systemd/system/postgrey.service",
	"/lib/systemd/system/postgrey.service", "/etc/init.d/postgrey",
	"/proc/[0-9]*/cmdline" };

static const struct {
	const char *option;
	int set; /* of struct lists */
	enum list_kind kind;
	const char *fallback[4];
} kinds[] = {
	{ "--whitelist-clients", LISTS_CLIENTS, LIST_CLIENTS,
	    { "/etc/postgrey/whitelist_clients",
		"/etc/postgrey/whitelist_clients.local",
		"/etc/postfix/postgrey_whitelist_clients",
		"/etc/postfix/postgrey_whitelist_clients.local" } },
	{ "--whitelist-recipients", LISTS_RECIPIENTS, LIST_RECIPIENTS,
	    { "/etc/postgrey/whitelist_recipients",
		"/etc/postgrey/whitelist_recipients.local",
		"/etc/postfix/postgrey_whitelist_recipients",
		"/etc/postfix/postgrey_whitelist_recipients.local" } },
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]), FILES_MAX = 32 };

struct old {
	struct findings *findings;
	struct lists *lists; /* ours */
	char *running;	     /* /proc/PID/cmdline, NULL: it does not run */
	size_t count[KINDS];
	char *files[KINDS][FILES_MAX];
};

static void
add_file(struct old *old, size_t kind, const char *text, size_t len)
{
	char **files = old->files[kind];
	char *file = strndup(text, len);

	for (size_t i = 0; file != NULL && i < old->count[kind]; i++) {
		if (strcmp(files[i], file) != 0)
			continue;
		free(file);
		file = NULL;
	}
	if (file != NULL && old->count[kind] < FILES_MAX)
		files[old->count[kind]++] = file;
	else
		free(file);
}

/* The values of the options in a line of shell, of a unit or of a process. */
static void
find_options(struct old *old, const char *line)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		const char *at = line, *option = kinds[kind].option;

		while ((at = strstr(at, option)) != NULL) {
			size_t len;

			at += strlen(option);
			if (*at != '=' && !isspace((unsigned char)*at))
				continue;
			at += 1 + strspn(at + 1, " \t\"'");
			len = strcspn(at, " \t\r\n\"'");
			if (*at == '/')
				add_file(old, kind, at, len);
			at += len;
		}
	}
}

/* A running one has set its title: "postgrey --pidfile=...". */
static bool
is_of_postgrey(const char *text)
{
	return strncmp(text, "postgrey ", 9) == 0 ||
	    strstr(text, "/postgrey ") != NULL;
}

static void
read_options(struct old *old, const char *path)
{
	char text[8192];
	FILE *in = fopen(path, "re");
	bool process = strncmp(path, "/proc/", 6) == 0;
	size_t len;

	if (in == NULL)
		return;
	while (!process && fgets(text, sizeof(text), in) != NULL) {
		if (text[strspn(text, " \t")] != '#')
			find_options(old, text);
	}
	len = process ? fread(text, 1, sizeof(text) - 1, in) : 0;
	fclose(in);
	text[len] = '\0';
	for (size_t i = 0; i + 1 < len; i++) {
		if (text[i] == '\0')
			text[i] = ' ';
	}
	if (!process || !is_of_postgrey(text))
		return;
	find_options(old, text);
	free(old->running);
	old->running = strdup(path);
}

static void
find_files(struct old *old)
{
	glob_t found;

	for (size_t i = 0; i < sizeof(options_at) / sizeof(*options_at); i++) {
		if (glob(options_at[i], 0, NULL, &found) == 0) {
			for (size_t j = 0; j < found.gl_pathc; j++)
				read_options(old, found.gl_pathv[j]);
		}
		globfree(&found);
	}
	for (size_t kind = 0; kind < KINDS; kind++) {
		if (old->count[kind] > 0)
			continue;
		for (size_t i = 0; i < 4; i++)
			add_file(old, kind, kinds[kind].fallback[i],
			    strlen(kinds[kind].fallback[i]));
	}
}

static void
ignore(void *argument, enum list_finding kind, const char *file, unsigned line,
    const char *problem)
{
	(void)argument;
	(void)kind;
	(void)file;
	(void)line;
	(void)problem;
}

/* Quietly: what is wrong with them has been said. */
static void
read_ours(struct lists *lists)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		struct list_set *set = &lists->set[kinds[kind].set];

		for (size_t i = 0; i < set->count; i++)
			(void)list_read(kinds[kind].kind, set->files[i].path,
			    ignore, NULL, &set->files[i].list);
	}
}

/* The option once for each file, for it takes the place of the default. */
static void
paste(struct findings *findings, const struct list_set *set, const char *option,
    const char *file)
{
	char text[4096] = "";
	size_t used = 0;

	for (size_t i = 0; i < set->count && used < sizeof(text); i++) {
		if (!set->files[i].optional || set->files[i].list != NULL)
			used += (size_t)snprintf(text + used,
			    sizeof(text) - used, "%s=%s ", option,
			    set->files[i].path);
	}
	finding(findings, FINDING_PASTE, "%s%s=%s", text, option, file);
}

static void
compare(struct old *old, size_t kind, const char *file)
{
	const struct list_set *set = &old->lists->set[kinds[kind].set];
	struct list *list;
	struct stat status;
	size_t missing;

	if (stat(file, &status) == -1 ||
	    list_read(kinds[kind].kind, file, ignore, NULL, &list) != 0)
		return;
	missing = missing_count(set, list, status.st_size);
	if (missing > 0) {
		finding(old->findings, FINDING_REMARK,
		    "postgrey's list %s: %zu of %zu entries are on no list of "
		    "ours; to keep them, among the options in master.cf:",
		    file, missing, list_count(list));
		paste(old->findings, set, kinds[kind].option, file);
	} else if (list_count(list) > 0)
		finding(old->findings, FINDING_OK,
		    "postgrey's list %s: nothing in it (entries: %zu) is "
		    "missing on ours",
		    file, list_count(list));
	list_free(list);
}

/* Its usual port, or a socket that has its name. */
static bool
is_postgreys(const struct master *master, const char *name)
{
	for (size_t i = 0; i < master->count; i++) {
		if (service_is_endpoint(
			&master->services[i], name, master->queue))
			return false;
	}
	return strstr(name, ":10023") != NULL ||
	    strstr(name, "postgrey") != NULL;
}

const char *
postgrey_asked(const struct master *master, const struct policies *policies)
{
	for (size_t i = 0; i < policies->count; i++) {
		if (!policies->is_ours[i] &&
		    is_postgreys(master, policies->name[i]))
			return policies->name[i];
	}
	return NULL;
}

/* systemd starts it again when the machine does, and then both have one store.
 */
#define ENABLED "/etc/systemd/system/multi-user.target.wants/postgrey.service"

/* running: its file in /proc, or NULL. */
static void
check_daemon(struct findings *findings, const char *running)
{
	if (running == NULL && access(ENABLED, F_OK) == -1)
		return;
	if (running != NULL)
		finding(findings, FINDING_REMARK, "postgrey still runs (%.*s)",
		    (int)(strlen(running) - strlen("/cmdline")), running);
	else
		finding(findings, FINDING_REMARK,
		    "postgrey will start again with the machine");
	finding(findings, FINDING_PASTE, "systemctl disable --now postgrey");
}

void
postgrey_check(struct findings *findings, const struct master *master,
    const struct policies *policies, const struct settings *settings)
{
	static struct lists lists;
	struct old old = { .findings = findings, .lists = &lists };
	const char *asked;

	lists_set(&lists, settings);
	read_ours(&lists);
	find_files(&old);
	for (size_t kind = 0; kind < KINDS; kind++) {
		for (size_t i = 0; i < old.count[kind]; i++) {
			compare(&old, kind, old.files[kind][i]);
			free(old.files[kind][i]);
		}
	}
	check_daemon(findings, old.running);
	free(old.running);
	asked = postgrey_asked(master, policies);
	if (asked != NULL)
		finding(findings, FINDING_REMARK,
		    "main.cf: check_policy_service %s seems to ask postgrey, "
		    "too; take it away",
		    asked);
	lists_free(&lists);
}
