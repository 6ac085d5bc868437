/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/msg.h"
#include "postconf.h"

/* Where it is, if PATH is a user's and not root's. */
#define POSTCONF "/usr/sbin/postconf"

extern char **environ;

/* 0, or an errno. *out reads what it prints. quiet: its warnings are dropped.
 */
static int
start(char *const argv[], bool quiet, pid_t *pid, FILE **out)
{
	posix_spawn_file_actions_t actions;
	int ends[2], error;

	if (pipe(ends) == -1)
		return errno;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	if (quiet)
		posix_spawn_file_actions_addopen(
		    &actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_addclose(&actions, ends[1]);
	error = posix_spawnp(pid, "postconf", &actions, NULL, argv, environ);
	if (error == ENOENT)
		error = posix_spawn(
		    pid, POSTCONF, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	*out = error == 0 ? fdopen(ends[0], "r") : NULL;
	if (*out == NULL)
		close(ends[0]);
	return error;
}

static void
split(struct postconf_lines *lines, size_t len)
{
	char *text = lines->text, *end;

	for (size_t i = 0; i < len; i++)
		lines->count += text[i] == '\n';
	lines->line = calloc(lines->count + 1, sizeof(*lines->line));
	if (lines->line == NULL) {
		lines->count = 0;
		return;
	}
	for (size_t i = 0; i < lines->count; i++) {
		end = strchr(text, '\n');
		*end = '\0';
		lines->line[i] = text;
		text = end + 1;
	}
}

enum { FAILED = -1 };

/* The status that postconf ends with; FAILED: it did not run, which was said.
 */
static int
run_once(char *const argv[], bool quiet, struct postconf_lines *lines)
{
	FILE *out = NULL;
	size_t size = 0;
	pid_t pid;
	int status = 0, error;
	ssize_t len;

	error = start(argv, quiet, &pid, &out);
	if (out == NULL) {
		msg(MSG_ERROR,
		    "postconf can't be run: %s; is Postfix installed?",
		    strerror(error));
		return FAILED;
	}
	len = getdelim(&lines->text, &size, '\0', out);
	fclose(out);
	waitpid(pid, &status, 0);
	if (status == 0)
		split(lines, len > 0 ? (size_t)len : 0);
	return status;
}

/* postconf [-c directory] [option] [second]; quiet: unless it fails. */
static bool
run(const char *directory, const char *option, const char *second, bool quiet,
    struct postconf_lines *lines)
{
	const char *words[6] = { "postconf" };
	char *const *argv = (char *const *)(uintptr_t)words;
	size_t count = 1;
	int status;

	if (directory != NULL) {
		words[count++] = "-c";
		words[count++] = directory;
	}
	words[count++] = option;
	words[count] = second;
	status = run_once(argv, quiet, lines);
	if (status > 0 && quiet) {
		free(lines->text);
		lines->text = NULL;
		status = run_once(argv, false, lines);
	}
	if (status > 0)
		msg(MSG_ERROR, "postconf failed; its words stand above");
	return status == 0;
}

bool
postconf_read(struct postconf *postconf, const char *directory)
{
	snprintf(postconf->command, sizeof(postconf->command), "postconf%s%s",
	    directory == NULL ? "" : " -c ",
	    directory == NULL ? "" : directory);
	/* Its warnings are the same each time. */
	return run(directory, "-x", NULL, false, &postconf->expanded) &&
	    run(directory, NULL, NULL, true, &postconf->written) &&
	    run(directory, "-x", "-P", true, &postconf->overrides) &&
	    run(directory, "-M", NULL, true, &postconf->services);
}

static void
free_lines(struct postconf_lines *lines)
{
	free(lines->text);
	free(lines->line);
}

void
postconf_free(struct postconf *postconf)
{
	free_lines(&postconf->written);
	free_lines(&postconf->expanded);
	free_lines(&postconf->overrides);
	free_lines(&postconf->services);
}

/* What follows "name =" and a blank; NULL: another name. */
static const char *
value_of(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(line, name, len) != 0 || strncmp(line + len, " =", 2) != 0)
		return NULL;
	line += len + 2;
	return line + strspn(line, " ");
}

const char *
postconf_value(const struct postconf_lines *lines, const char *name)
{
	const char *value;

	for (size_t i = 0; i < lines->count; i++) {
		value = value_of(lines->line[i], name);
		if (value != NULL)
			return value;
	}
	return "";
}

const char *
postconf_of_service(const struct postconf *postconf, const char *service,
    const char *name, bool *own)
{
	const struct postconf_lines *lines = &postconf->overrides;
	size_t len = strlen(service);
	const char *value;

	*own = true;
	for (size_t i = 0; i < lines->count; i++) {
		const char *line = lines->line[i];

		if (strncmp(line, service, len) != 0 || line[len] != '/')
			continue;
		value = value_of(line + len + 1, name);
		if (value != NULL)
			return value;
	}
	*own = false;
	return postconf_value(&postconf->expanded, name);
}
