/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <unistd.h>

#include "common/msg_socket.h"
#include "command.h"
#include "parts.h"

/* Can a line be sent there? */
static bool
takes_lines(const char *path)
{
	struct msg_socket log = { .path = path, .fd = -1 };
	bool taken = msg_socket_open(&log) == NULL;

	msg_socket_close(&log);
	return taken;
}

#define SYSLOG "/dev/log"

/* By postlogd(8), where syslog is not asked for or not there. */
static void
check_postlog(struct inside *inside, const char *path, bool asked)
{
	char usual[4096];

	snprintf(
	    usual, sizeof(usual), "%s/public/postlog", inside->master->queue);
	path = path == NULL ? usual : path;
	if (takes_lines(path)) {
		finding(inside->findings, FINDING_OK,
		    "the log: %slines go to Postfix's postlogd",
		    asked ? "" : "there is no " SYSLOG ", so ");
		return;
	}
	finding(inside->findings, FINDING_REMARK,
	    "the log: %suser %s can't write to %s: nothing that grey-check "
	    "says is to be seen; give maillog_file a file, and the service a "
	    "group that may:",
	    asked ? "" : "there is no " SYSLOG ", and ", inside->user, path);
	if (inside->service->endpoint != NULL) {
		finding(inside->findings, FINDING_PASTE,
		    "usermod -a -G %s %s, and start the server again",
		    postconf_value(
			&inside->master->postconf.expanded, "setgid_group"),
		    inside->user);
		return;
	}
	command_paste_user(
	    inside->findings, inside->master, inside->service, inside->user);
}

static void
check_syslog(struct inside *inside)
{
	const char *file = postconf_value(
	    &inside->master->postconf.expanded, "maillog_file");

	if (!takes_lines(SYSLOG))
		check_postlog(inside, NULL, false);
	else if (*file != '\0')
		finding(inside->findings, FINDING_REMARK,
		    "the log: Postfix writes to %s, grey-check to syslog; with "
		    "--log=postlog and user=%s:%s both are in one file",
		    file, inside->user,
		    postconf_value(
			&inside->master->postconf.expanded, "setgid_group"));
	else
		finding(inside->findings, FINDING_OK,
		    "the log: lines go to syslog");
}

static void
check_log_file(struct inside *inside, const char *path)
{
	char parent[4096];

	snprintf(parent, sizeof(parent), "%s", path);
	if (access(path, W_OK) == 0 ||
	    (errno == ENOENT && access(dirname(parent), W_OK | X_OK) == 0)) {
		finding(inside->findings, FINDING_OK, "the log: lines go to %s",
		    path);
		return;
	}
	finding(inside->findings, FINDING_REMARK,
	    "the log: user %s can't write to %s: %s", inside->user, path,
	    strerror(errno));
	finding(inside->findings, FINDING_PASTE, "touch %s && chown %s: %s",
	    path, inside->user, path);
}

void
inside_log(struct inside *inside)
{
	const struct msg_target *log = &inside->settings->log;

	switch (log->sink) {
	case MSG_SYSLOG:
		check_syslog(inside);
		break;
	case MSG_POSTLOG:
		check_postlog(inside, log->path, true);
		break;
	case MSG_FILE:
		check_log_file(inside, log->path);
		break;
	case MSG_STDERR:
		if (inside->service->endpoint != NULL) {
			finding(inside->findings, FINDING_OK,
			    "the log: lines go to the standard error of who "
			    "started the server, under systemd to the journal");
			break;
		}
		finding(inside->findings, FINDING_REMARK,
		    "the log: --log=stderr is the socket of the requests under "
		    "spawn(8), so lines go to syslog; say --log=syslog");
		break;
	case MSG_NONE:
		finding(inside->findings, FINDING_REMARK,
		    "the log: --log=none: no decision is to be seen");
		break;
	}
}
