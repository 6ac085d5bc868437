/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "grey-check/reply.h"
#include "probe.h"

enum { PATIENCE = 15 /* seconds */ };

/* RFC 5737 and RFC 2606: nobody's addresses. */
static const char request[] = "request=smtpd_access_policy\n"
			      "protocol_state=RCPT\n"
			      "client_address=192.0.2.1\n"
			      "client_name=probe.example.net\n"
			      "sender=grey-check-probe@example.net\n"
			      "recipient=grey-check-probe@example.org\n"
			      "etrn_domain=\n"
			      "policy_test_probe=1\n\n";

static int
connect_unix(const struct master *master, const struct master_service *service)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int len = snprintf(address.sun_path, sizeof(address.sun_path),
	    "%s/%s/%s", master->queue,
	    *service->private == 'n' ? "public" : "private", service->name);

	if (fd == -1)
		return -1;
	if (len < 0 || (size_t)len >= sizeof(address.sun_path))
		errno = ENAMETOOLONG;
	else if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
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
	for (at = addresses; at != NULL && fd == -1; at = at->ai_next) {
		fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, 0);
		if (fd != -1 &&
		    connect(fd, at->ai_addr, at->ai_addrlen) == -1) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(addresses);
	return fd;
}

/* Up to the empty line, the time limit or the end. */
static size_t
converse(int fd, char *reply, size_t size)
{
	const struct timeval patience = { .tv_sec = PATIENCE };
	size_t used = 0;
	ssize_t n;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (send(fd, request, strlen(request), MSG_NOSIGNAL) == -1)
		return 0;
	while (used + 1 < size &&
	    (n = recv(fd, reply + used, size - used - 1, 0)) > 0) {
		used += (size_t)n;
		reply[used] = '\0';
		if (strstr(reply, "\n\n") != NULL)
			break;
	}
	reply[used] = '\0';
	return used;
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
	finding(findings, FINDING_OK,
	    "probe: %s would answer a stranger: %s (action=%s, reason=%s)",
	    service->name, answer, action, reason);
	if (settings != NULL &&
	    strncmp(store, settings->store, sizeof(store) / 2 - 1) != 0)
		finding(findings, FINDING_REMARK,
		    "probe: it uses %s, and master.cf says --store=%s: "
		    "postfix reload",
		    store, settings->store);
}

static void
judge(struct findings *findings, const struct master_service *service,
    const struct settings *settings, const char *reply)
{
	char version[64];

	attribute(reply, REPLY_PROBE_VERSION, version, sizeof(version));
	if (version[0] != '\0')
		judge_grey(findings, service, settings, reply);
	else if (strstr(reply, "\n\n") != NULL)
		finding(findings, FINDING_FAULT,
		    "probe: %s is answered by something else than this "
		    "grey-check: %.*s",
		    service->name, (int)strcspn(reply, "\n"), reply);
	else
		finding(findings, FINDING_FAULT,
		    "probe: %s ended without an answer within %d s: Postfix' "
		    "log says why (a line of spawn or of grey-check)",
		    service->name, PATIENCE);
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
	default:
		return "is Postfix running? postfix start";
	}
}

void
probe(struct findings *findings, const struct master *master,
    const struct master_service *service, const struct settings *settings)
{
	static char reply[REPLY_MAX];
	int fd = strcmp(service->type, "inet") == 0 ?
	    connect_inet(service) :
	    connect_unix(master, service);

	if (fd == -1) {
		finding(findings, FINDING_FAULT,
		    "probe: the socket of %s can't be reached: %s; %s",
		    service->name, strerror(errno), advice(errno));
		return;
	}
	(void)converse(fd, reply, sizeof(reply));
	close(fd);
	judge(findings, service, settings, reply);
}
