/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "common/num.h"
#include "probe.h"
#include "service_connect.h"

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

/* Up to the empty line, the end, or the time limit, however slowly it comes. */
static void
converse(int fd, char *reply, size_t size)
{
	int64_t end = monotonic_milliseconds() + SERVICE_PATIENCE * 1000;
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
		    service->name, SERVICE_PATIENCE);
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

void
probe_ask(const struct master *master, const struct master_service *service,
    struct probed *probed)
{
	int fd = service_connect(master, service);

	*probed = (struct probed){ .asked = true,
		.error = fd == -1 ? errno : 0 };
	if (fd == -1)
		return;
	converse(fd, probed->reply, sizeof(probed->reply));
	probed->server = server_of(probed->reply, service_is_local(fd));
	close(fd);
}

bool
probe_is_grey(const struct probed *probed)
{
	char version[64];

	attribute(probed->reply, REPLY_PROBE_VERSION, version, sizeof(version));
	return version[0] != '\0';
}

bool
probe_judge(struct findings *findings, const struct master_service *service,
    const struct settings *settings, const struct probed *probed)
{
	if (probed->error == 0)
		return judge(findings, service, settings, probed->reply);
	finding(findings, FINDING_FAULT,
	    "probe: the socket of %s can't be reached: %s; %s", service->name,
	    strerror(probed->error), advice(probed->error));
	return true;
}
