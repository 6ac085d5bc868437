/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "msg_host.h"

struct msg_host
msg_host(void)
{
	struct msg_host host = { "localhost" };

	if (gethostname(host.name, sizeof(host.name) - 1) == 0)
		host.name[strcspn(host.name, ".")] = '\0';
	return host;
}

/* "myhostname = mx.example.org": its first label. NULL: another line. */
static const char *
value_of(char *line)
{
	static const char name[] = "myhostname";
	char *value;

	if (strncmp(line, name, sizeof(name) - 1) != 0)
		return NULL;
	value = line + sizeof(name) - 1;
	value += strspn(value, " \t");
	if (*value++ != '=')
		return NULL;
	value += strspn(value, " \t");
	value[strcspn(value, ". \t\r\n")] = '\0';
	return value;
}

struct msg_host
msg_host_of_postfix(void)
{
	struct msg_host host = msg_host();
	const char *directory = getenv("MAIL_CONFIG"), *value;
	char path[PATH_MAX], *line = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/main.cf",
	    directory == NULL ? "/etc/postfix" : directory);
	file = fopen(path, "re");
	if (file == NULL)
		return host;
	/* The last one counts. */
	while (getline(&line, &size, file) != -1) {
		value = value_of(line);
		if (value != NULL && *value != '\0' &&
		    strchr(value, '$') == NULL)
			snprintf(host.name, sizeof(host.name), "%s", value);
	}
	free(line);
	fclose(file);
	return host;
}
