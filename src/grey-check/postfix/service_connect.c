/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "service_connect.h"

static void
be_patient(int fd)
{
	const struct timeval patience = { .tv_sec = SERVICE_PATIENCE };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	/* It holds for connect(2), too. */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

static int
connect_to(int family, const struct sockaddr *address, socklen_t size)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), error;

	if (fd == -1)
		return -1;
	be_patient(fd);
	if (connect(fd, address, size) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int
connect_unix(const struct master *master, const struct master_service *service)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char path[4096];

	service_path(service, master->queue, path, sizeof(path));
	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	return connect_to(
	    AF_UNIX, (const struct sockaddr *)&address, sizeof(address));
}

/* "port", "host:port", "[host]:port" */
static int
connect_inet(const struct master_service *service)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *addresses, *at;
	const char *colon = strrchr(service->name, ':');
	char host[256] = "localhost";
	int fd = -1;

	if (colon != NULL)
		snprintf(host, sizeof(host), "%.*s",
		    (int)(colon - service->name), service->name);
	if (host[0] == '[' && host[strlen(host) - 1] == ']') {
		memmove(host, host + 1, strlen(host));
		host[strlen(host) - 1] = '\0';
	}
	if (getaddrinfo(host, colon == NULL ? service->name : colon + 1, &hints,
		&addresses) != 0) {
		errno = ENOENT;
		return -1;
	}
	for (at = addresses; at != NULL && fd == -1; at = at->ai_next)
		fd = connect_to(at->ai_family, at->ai_addr, at->ai_addrlen);
	freeaddrinfo(addresses);
	return fd;
}

int
service_connect(
    const struct master *master, const struct master_service *service)
{
	return strcmp(service->type, "inet") == 0 ?
	    connect_inet(service) :
	    connect_unix(master, service);
}

/* Both ends have one address: the process ids are ours. */
bool
service_is_local(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
		struct sockaddr_un file;
	} here, there;
	socklen_t len = sizeof(here), other_len = sizeof(there);

	if (getsockname(fd, &here.any, &len) == -1 ||
	    getpeername(fd, &there.any, &other_len) == -1)
		return false;
	if (here.any.sa_family == AF_INET)
		return here.four.sin_addr.s_addr == there.four.sin_addr.s_addr;
	if (here.any.sa_family == AF_INET6)
		return memcmp(&here.six.sin6_addr, &there.six.sin6_addr,
			   sizeof(here.six.sin6_addr)) == 0;
	return true;
}

bool
service_is_listening(
    const struct master *master, const struct master_service *service)
{
	int fd = service_connect(master, service);

	if (fd != -1)
		close(fd);
	return fd != -1;
}
