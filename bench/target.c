/* SPDX-License-Identifier: BSD-2-Clause */
/* target: see target.h */

#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "children.h"
#include "target.h"

/* A server that does not take the connection must not hold up the run. */
#define CONNECT_SECONDS 5

extern char **environ;

static const char *
parse_unix(struct target *target, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (path[0] == '\0' || strlen(path) >= sizeof(address.sun_path))
		return "the socket's path is empty or too long";
	strcpy(address.sun_path, path);
	memcpy(&target->address, &address, sizeof(address));
	target->address_length = sizeof(address);
	return NULL;
}

static bool
is_loopback(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *four = (const void *)address;
	const struct sockaddr_in6 *six = (const void *)address;

	if (address->ss_family == AF_INET)
		return ntohl(four->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return address->ss_family == AF_INET6 &&
	    IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

static const char *
parse_inet(struct target *target, const char *text)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	const char *colon = strrchr(text, ':');
	char host[256];
	int error;

	if (colon == NULL || (size_t)(colon - text) >= sizeof(host))
		return "inet: wants HOST:PORT";
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	error = getaddrinfo(host, colon + 1, &hints, &found);
	if (error != 0)
		return gai_strerror(error);
	memcpy(&target->address, found->ai_addr, found->ai_addrlen);
	target->address_length = found->ai_addrlen;
	freeaddrinfo(found);
	if (!is_loopback(&target->address))
		return "only loopback addresses are allowed";
	return NULL;
}

const char *
target_parse(struct target *target, const char *text)
{
	if (strncmp(text, "unix:", 5) == 0)
		return parse_unix(target, text + 5);
	if (strncmp(text, "inet:", 5) == 0)
		return parse_inet(target, text + 5);
	return "the target is unix:PATH, inet:HOST:PORT or -- COMMAND";
}

static int
start_command(const struct target *target, int child_end)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	pid_t child;
	int error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, child_end, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, child_end, STDOUT_FILENO);
	if (target->log_path != NULL)
		posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
		    target->log_path, O_WRONLY | O_CREAT | O_APPEND, 0644);
	else
		posix_spawn_file_actions_adddup2(
		    &actions, child_end, STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
	error = posix_spawnp(&child, target->command[0], &actions, &attributes,
	    target->command, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	if (error == 0)
		children_add(child);
	return error;
}

static int
open_command(const struct target *target)
{
	int ends[2], error;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
		return -1;
	error = start_command(target, ends[1]);
	close(ends[1]);
	if (error != 0) {
		close(ends[0]);
		errno = error;
		return -1;
	}
	return ends[0];
}

int
target_open(const struct target *target)
{
	const struct timeval limit = { .tv_sec = CONNECT_SECONDS };
	int descriptor, error, on = 1;

	if (target->command != NULL)
		return open_command(target);
	descriptor = socket(
	    target->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (descriptor == -1)
		return -1;
	setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (target->address.ss_family != AF_UNIX)
		setsockopt(
		    descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(descriptor, (const struct sockaddr *)&target->address,
		target->address_length) == -1) {
		error = errno;
		close(descriptor);
		errno = error;
		return -1;
	}
	return descriptor;
}
