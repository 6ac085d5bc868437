/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "common/num.h"
#include "grey-check/reply.h"
#include "probe.h"

enum { PATIENCE = 15 /* seconds */ };

/* RFC 5737 and RFC 2606: nobody's addresses. */
#define CLIENT "192.0.2.1"
#define CLIENT_NAME "probe.example.net"
#define SENDER "grey-check-probe@example.net"
#define RECIPIENT "grey-check-probe@example.org"

static const char request[] = "request=smtpd_access_policy\n"
			      "protocol_state=RCPT\n"
			      "client_address=" CLIENT "\n"
			      "client_name=" CLIENT_NAME "\n"
			      "sender=" SENDER "\n"
			      "recipient=" RECIPIENT "\n"
			      "etrn_domain=\n"
			      "policy_test_probe=1\n\n";

static void
be_patient(int fd)
{
	const struct timeval patience = { .tv_sec = PATIENCE };

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

/* Up to the empty line, the end, or the time limit, however slowly it comes. */
static void
converse(int fd, char *reply, size_t size)
{
	int64_t end = monotonic_milliseconds() + PATIENCE * 1000;
	size_t used = 0;
	ssize_t n;

	reply[0] = '\0';
	if (send(fd, request, strlen(request), MSG_NOSIGNAL) == -1)
		return;
	while (used + 1 < size && strstr(reply, "\n\n") == NULL &&
	    monotonic_milliseconds() < end &&
	    (n = recv(fd, reply + used, size - used - 1, 0)) > 0) {
		used += (size_t)n;
		reply[used] = '\0';
	}
}

/* The value of an attribute of the reply; "" where it has none. */
static void
attribute(const char *reply, const char *name, char *out, size_t size)
{
	size_t len = strlen(name);
	const char *line = reply;

	out[0] = '\0';
	while (line != NULL && *line != '\0') {
		if (strncmp(line, name, len) == 0 && line[len] == '=') {
			line += len + 1;
			snprintf(
			    out, size, "%.*s", (int)strcspn(line, "\n"), line);
			return;
		}
		line = strchr(line, '\n');
		line = line == NULL ? NULL : line + 1;
	}
}

/* What no record decided would be decided so for everybody. */
static void
judge_answer(struct findings *findings, const struct master_service *service,
    const char *answer, const char *action, const char *reason)
{
	bool listed = strstr(reason, " whitelist") != NULL;

	finding(findings, listed ? FINDING_FAULT : FINDING_OK,
	    "probe: %s would answer a stranger: %s (action=%s, reason=%s)",
	    service->name, answer, action, reason);
	if (listed)
		finding(findings, FINDING_PASTE,
		    "which entry it is: grey-check --explain "
		    "--client-address=" CLIENT " --client-name=" CLIENT_NAME
		    " --sender=" SENDER " --recipient=" RECIPIENT
		    ", with the options of master.cf");
}

static void
judge_grey(struct findings *findings, const struct master_service *service,
    const struct settings *settings, const char *reply)
{
	char store[SETTINGS_TEXT_MAX], action[64], reason[64];
	char problem[SETTINGS_TEXT_MAX], answer[SETTINGS_TEXT_MAX];

	attribute(reply, REPLY_PROBE_STORE, store, sizeof(store));
	attribute(reply, REPLY_PROBE_ACTION, action, sizeof(action));
	attribute(reply, REPLY_PROBE_REASON, reason, sizeof(reason));
	attribute(reply, REPLY_PROBE_PROBLEM, problem, sizeof(problem));
	attribute(reply, "action", answer, sizeof(answer));
	if (strcmp(action, "error") == 0) {
		finding(findings, FINDING_FAULT,
		    "probe: %s answers \"%s\", without its store: %s",
		    service->name, answer, problem);
		return;
	}
	judge_answer(findings, service, answer, action, reason);
	if (settings != NULL &&
	    strncmp(store, settings->store, sizeof(store) / 2 - 1) != 0)
		finding(findings, FINDING_REMARK,
		    "probe: it uses %s, and master.cf says --store=%s: "
		    "postfix reload",
		    store, settings->store);
}

/* False: it is somebody else, and may be so. */
static bool
judge(struct findings *findings, const struct master_service *service,
    const struct settings *settings, const char *reply)
{
	char version[64];

	attribute(reply, REPLY_PROBE_VERSION, version, sizeof(version));
	if (version[0] != '\0')
		judge_grey(findings, service, settings, reply);
	else if (strstr(reply, "\n\n") == NULL)
		finding(findings, FINDING_FAULT,
		    "probe: %s ended without an answer within %d s: Postfix's "
		    "log says why (a line of spawn or of grey-check)",
		    service->name, PATIENCE);
	else if (settings == NULL)
		return false;
	else
		finding(findings, FINDING_FAULT,
		    "probe: %s is answered by something other than this "
		    "grey-check (%.*s): after an upgrade or a change of "
		    "master.cf, postfix reload",
		    service->name, (int)strcspn(reply, "\n"), reply);
	return true;
}

static const char *
advice(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return "run this as root";
	case ENOENT:
		return "postfix reload, if it runs; else postfix start";
	case EAGAIN:
	case EINPROGRESS:
		return "nobody takes the connection";
	default:
		return "is what listens there running? (Postfix: postfix "
		       "start)";
	}
}

static int
connect_service(
    const struct master *master, const struct master_service *service)
{
	return strcmp(service->type, "inet") == 0 ?
	    connect_inet(service) :
	    connect_unix(master, service);
}

/* Both ends have one address: the process ids are ours. */
static bool
is_local(int fd)
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

/* 0: a process a connection, or none of this host. */
static pid_t
server_of(const char *reply, bool local)
{
	char text[24];
	int64_t pid;

	attribute(reply, REPLY_PROBE_SERVER, text, sizeof(text));
	return local && num_decimal(bytes_of(text), &pid) && pid > 0 &&
		pid <= INT_MAX ?
	    (pid_t)pid :
	    0;
}

bool
probe_is_grey(const struct master *master, const struct master_service *service)
{
	static char reply[REPLY_MAX];
	char version[64];
	int fd = connect_service(master, service);

	if (fd == -1)
		return false;
	converse(fd, reply, sizeof(reply));
	close(fd);
	attribute(reply, REPLY_PROBE_VERSION, version, sizeof(version));
	return version[0] != '\0';
}

bool
probe_is_listening(
    const struct master *master, const struct master_service *service)
{
	int fd = connect_service(master, service);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

bool
probe(struct findings *findings, const struct master *master,
    const struct master_service *service, const struct settings *settings,
    pid_t *server)
{
	static char reply[REPLY_MAX];
	int fd = connect_service(master, service);

	*server = 0;
	if (fd == -1) {
		finding(findings, FINDING_FAULT,
		    "probe: the socket of %s can't be reached: %s; %s",
		    service->name, strerror(errno), advice(errno));
		return true;
	}
	converse(fd, reply, sizeof(reply));
	*server = server_of(reply, is_local(fd));
	close(fd);
	return judge(findings, service, settings, reply);
}
