/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/un.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "redis_resolve.h"

/* The library's thread writes here until it has its answer. */
struct redis_question {
	struct gaicb request;
	struct addrinfo hints;
	struct redis_host host;
	char port[8];
	struct redis_question *next;
};

/* Those whose answer nobody wants, and that can't be taken back. */
static struct redis_question *abandoned;

static void
free_question(struct redis_question *question)
{
	if (question->request.ar_result != NULL)
		freeaddrinfo(question->request.ar_result);
	free(question);
}

static void
free_abandoned(void)
{
	struct redis_question **at = &abandoned, *question;

	while (*at != NULL) {
		question = *at;
		if (gai_error(&question->request) == EAI_INPROGRESS) {
			at = &question->next;
			continue;
		}
		*at = question->next;
		free_question(question);
	}
}

static void
take(struct redis_addresses *addresses, const struct addrinfo *info)
{
	addresses->count = 0;
	for (; info != NULL && addresses->count < REDIS_ADDRESSES_MAX;
	     info = info->ai_next) {
		struct redis_address *address = &addresses
						     ->all[addresses->count++];

		address->len = info->ai_addrlen;
		memcpy(&address->address, info->ai_addr, info->ai_addrlen);
	}
}

static void
take_path(struct redis_addresses *addresses, const char *path)
{
	struct redis_address *address = &addresses->all[0];
	struct sockaddr_un *name = (struct sockaddr_un *)&address->address;

	memset(name, 0, sizeof(*name));
	name->sun_family = AF_UNIX;
	memcpy(name->sun_path, path, strnlen(path, sizeof(name->sun_path) - 1));
	address->len = sizeof(*name);
	addresses->count = 1;
}

static bool
take_address(struct redis_addresses *addresses, const struct redis_host *host)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST |
		    AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *info;
	char port[8];

	snprintf(port, sizeof(port), "%u", (unsigned)host->port);
	if (getaddrinfo(host->name, port, &hints, &info) != 0)
		return false;
	take(addresses, info);
	freeaddrinfo(info);
	return true;
}

static enum redis_resolved
ask(struct redis_addresses *addresses, const struct redis_host *host,
    const char **reason)
{
	struct redis_question *question = calloc(1, sizeof(*question));
	struct gaicb *requests[1];
	int error;

	free_abandoned();
	*reason = "out of memory";
	if (question == NULL)
		return REDIS_UNRESOLVED;
	question->host = *host;
	snprintf(
	    question->port, sizeof(question->port), "%u", (unsigned)host->port);
	question->hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
	question->hints.ai_socktype = SOCK_STREAM;
	question->request.ar_name = question->host.name;
	question->request.ar_service = question->port;
	question->request.ar_request = &question->hints;
	requests[0] = &question->request;
	error = getaddrinfo_a(GAI_NOWAIT, requests, 1, NULL);
	if (error != 0) {
		*reason = gai_strerror(error);
		free(question);
		return REDIS_UNRESOLVED;
	}
	addresses->question = question;
	return REDIS_RESOLVING;
}

static enum redis_resolved
look(struct redis_addresses *addresses, const char **reason)
{
	struct redis_question *question = addresses->question;
	int error = gai_error(&question->request);

	if (error == EAI_INPROGRESS)
		return REDIS_RESOLVING;
	if (error == 0)
		take(addresses, question->request.ar_result);
	else
		*reason = gai_strerror(error);
	free_question(question);
	addresses->question = NULL;
	return error == 0 ? REDIS_RESOLVED : REDIS_UNRESOLVED;
}

enum redis_resolved
redis_resolve(const struct redis_host *host, struct redis_addresses *addresses,
    const char **reason)
{
	if (addresses->count > 0)
		return REDIS_RESOLVED;
	if (addresses->question != NULL)
		return look(addresses, reason);
	if (host->port == 0)
		take_path(addresses, host->name);
	else if (!take_address(addresses, host))
		return ask(addresses, host, reason);
	return REDIS_RESOLVED;
}

void
redis_resolve_end(struct redis_addresses *addresses)
{
	struct redis_question *question = addresses->question;

	if (question == NULL)
		return;
	addresses->question = NULL;
	if (gai_cancel(&question->request) == EAI_NOTCANCELED) {
		question->next = abandoned;
		abandoned = question;
	} else
		free_question(question);
}
