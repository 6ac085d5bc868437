/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "service.h"

/* service type private unprivileged chroot wakeup limit command ... */
enum {
	NAME,
	TYPE,
	PRIVATE,
	UNPRIVILEGED,
	CHROOT,
	WAKEUP,
	LIMIT,
	COMMAND = SERVICE_COMMAND
};

/* As spawn(8) does: user= and argv= in any case, argv= begins the command. */
static void
read_command(struct master_service *service)
{
	struct words *words = &service->words;

	for (size_t i = COMMAND + 1; i < words->count; i++) {
		char *word = words->word[i], *colon;

		if (strncasecmp(word, "user=", 5) == 0) {
			colon = strchr(word, ':');
			service->user = word + 5;
			if (colon != NULL)
				*colon++ = '\0';
			service->group = colon != NULL && *colon != '\0' ?
			    colon :
			    NULL;
		} else if (strncasecmp(word, "argv=", 5) == 0) {
			words->word[i] = word + 5;
			service->argv = &words->word[i];
			service->argc = (int)(words->count - i);
			return;
		}
	}
}

bool
service_read(char *line, struct master_service *service)
{
	char **word = service->words.word;

	memset(service, 0, sizeof(*service));
	words_split(line, WORDS_BLANKS, &service->words);
	if (service->words.count <= COMMAND)
		return false;
	service->name = word[NAME];
	service->type = word[TYPE];
	service->private = word[PRIVATE];
	service->unprivileged = word[UNPRIVILEGED];
	service->chroot = word[CHROOT];
	service->limit = word[LIMIT];
	service->daemon = word[COMMAND];
	snprintf(service->path, sizeof(service->path), "%s/%s", service->name,
	    service->type);
	if (strcmp(service->daemon, "spawn") == 0)
		read_command(service);
	return true;
}

bool
service_runs(const struct master_service *service, const char *program)
{
	const char *slash;

	if (service->argv == NULL)
		return false;
	slash = strrchr(service->argv[0], '/');
	return strcmp(slash == NULL ? service->argv[0] : slash + 1, program) ==
	    0;
}

static bool
is_unix_endpoint(
    const struct master_service *service, const char *path, const char *queue)
{
	const char *directory = *service->private == 'n' ? "public/" :
							   "private/";
	size_t len = strlen(queue);

	if (strncmp(path, queue, len) == 0 && path[len] == '/')
		path += len + 1;
	len = strlen(directory);
	return strncmp(path, directory, len) == 0 &&
	    strcmp(path + len, service->name) == 0;
}

bool
service_is_endpoint(const struct master_service *service, const char *endpoint,
    const char *queue)
{
	const char *port, *own = strrchr(service->name, ':');

	if (service->endpoint != NULL)
		return strcmp(endpoint, service->endpoint) == 0;
	if (strcmp(service->type, "unix") == 0)
		return strncmp(endpoint, "unix:", 5) == 0 &&
		    is_unix_endpoint(service, endpoint + 5, queue);
	port = strrchr(endpoint, ':');
	return strcmp(service->type, "inet") == 0 &&
	    strncmp(endpoint, "inet:", 5) == 0 &&
	    strcmp(port + 1, own == NULL ? service->name : own + 1) == 0;
}

void
service_path(const struct master_service *service, const char *queue, char *out,
    size_t size)
{
	if (service->endpoint != NULL)
		snprintf(out, size, "%s%s%s",
		    *service->name == '/' ? "" : queue,
		    *service->name == '/' ? "" : "/", service->name);
	else
		snprintf(out, size, "%s/%s/%s", queue,
		    *service->private == 'n' ? "public" : "private",
		    service->name);
}

void
service_endpoint(const struct master_service *service, char *out, size_t size)
{
	if (service->endpoint != NULL)
		snprintf(out, size, "%s", service->endpoint);
	else if (strcmp(service->type, "unix") == 0)
		snprintf(out, size, "unix:%s/%s",
		    *service->private == 'n' ? "public" : "private",
		    service->name);
	else
		snprintf(out, size, "inet:%s%s",
		    strchr(service->name, ':') == NULL ? "127.0.0.1:" : "",
		    service->name);
}
