/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "msg_file.h"
#include "msg_host.h"
#include "msg_line.h"
#include "msg_log.h"
#include "msg_socket.h"

enum { TROUBLE_INTERVAL = 60 }; /* seconds between two lines about it */

enum way { TO_FILE, TO_SYSLOG, TO_POSTLOG, WAYS };

/* The ways of each sink, in turn. */
static const enum way orders[][WAYS + 1] = {
	[MSG_SYSLOG] = { TO_SYSLOG, TO_POSTLOG, WAYS },
	[MSG_FILE] = { TO_FILE, TO_SYSLOG, TO_POSTLOG, WAYS },
	[MSG_POSTLOG] = { TO_POSTLOG, TO_SYSLOG, WAYS },
	[MSG_STDERR] = { TO_SYSLOG, TO_POSTLOG, WAYS },
	[MSG_NONE] = { TO_SYSLOG, TO_POSTLOG, WAYS },
};

static struct {
	const enum way *order;
	enum way taken_by; /* the last line; WAYS: nothing took it */
	struct msg_writer writer;
	struct msg_host host, host_of_postfix;
	struct msg_file file;
	struct msg_socket syslog, postlog;
	time_t failed_at[WAYS]; /* 0: it worked last time */
	char why[384];		/* the first way does not work */
	unsigned long lost;
	time_t said_at;
} state = { .order = orders[MSG_SYSLOG],
	.file.fd = -1,
	.syslog.fd = -1,
	.postlog.fd = -1 };

/* spawn(8) runs its command in Postfix's queue directory. */
static const char *
path_of_postlog(void)
{
	static const char here[] = "public/postlog";

	/* Without search permission for public, too. */
	return access(here, F_OK) == 0 || errno == EACCES ?
	    here :
	    "/var/spool/postfix/public/postlog";
}

void
msg_log_begin(
    enum msg_sink where, const char *path, const char *name, int facility)
{
	msg_file_close(&state.file);
	msg_socket_close(&state.syslog);
	msg_socket_close(&state.postlog);
	memset(state.failed_at, 0, sizeof(state.failed_at));
	state.order = orders[where];
	state.writer = (struct msg_writer){ name, facility, getpid(), NULL };
	state.host = msg_host();
	state.host_of_postfix.name[0] = '\0';
	state.file.path = path;
	state.syslog.path = "/dev/log";
	state.postlog.path = where == MSG_POSTLOG ? path : NULL;
}

static void
prepare_postlog(void)
{
	if (state.postlog.path == NULL)
		state.postlog.path = path_of_postlog();
	if (state.host_of_postfix.name[0] == '\0')
		state.host_of_postfix = msg_host_of_postfix();
}

static const char *
open_way(enum way way, time_t now)
{
	switch (way) {
	case TO_FILE:
		return msg_file_open(&state.file, now);
	case TO_SYSLOG:
		return msg_socket_open(&state.syslog);
	default:
		prepare_postlog();
		return msg_socket_open(&state.postlog);
	}
}

static const char *
send_by(enum way way, enum msg_level level, const struct timespec *now,
    struct bytes text)
{
	static const enum msg_form forms[] = { MSG_FORM_FILE, MSG_FORM_SYSLOG,
		MSG_FORM_POSTLOG };
	static char out[MSG_LINE_MAX];
	struct bytes line = { out, 0 };

	if (way == TO_POSTLOG)
		prepare_postlog();
	state.writer.host = way == TO_POSTLOG ? state.host_of_postfix.name :
						state.host.name;
	line.len = msg_line(forms[way], &state.writer, level, now, text, out);
	switch (way) {
	case TO_FILE:
		return msg_file_write(&state.file, line, now->tv_sec);
	case TO_SYSLOG:
		return msg_socket_send(&state.syslog, line);
	default:
		return msg_socket_send(&state.postlog, line);
	}
}

/* Whether it worked: remembered for a second. */
static bool
note(enum way way, const char *why, time_t now)
{
	state.failed_at[way] = why == NULL ? 0 : now;
	if (why != NULL && way == state.order[0])
		snprintf(state.why, sizeof(state.why), "%s", why);
	return why == NULL;
}

void
msg_log_open(void)
{
	time_t now = time(NULL);

	for (const enum way *way = state.order; *way != WAYS; way++) {
		if (note(*way, open_way(*way, now), now))
			return;
	}
}

bool
msg_log(enum msg_level level, struct bytes text)
{
	const enum way *way = state.order;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	for (; *way != WAYS; way++) {
		if (state.failed_at[*way] != now.tv_sec &&
		    note(*way, send_by(*way, level, &now, text), now.tv_sec))
			break;
	}
	state.taken_by = *way;
	return *way != WAYS;
}

void
msg_log_lost(void)
{
	state.lost++;
}

bool
msg_log_is(int fd)
{
	return state.order[0] == TO_FILE && msg_file_is(&state.file, fd);
}

/* A machine without syslog has nothing wrong with it. */
static bool
is_trouble(void)
{
	enum way first = state.order[0];

	return state.failed_at[first] != 0 &&
	    (first != TO_SYSLOG || state.syslog.error != ENOENT);
}

const char *
msg_log_trouble(void)
{
	static const char *const instead[] = { "",
		"; logging to syslog instead", "; logging to postlog instead",
		"" };
	static char text[512];
	time_t now = time(NULL);

	if (state.lost > 0 && state.taken_by != WAYS) {
		snprintf(text, sizeof(text),
		    "%lu line%s of this log %s lost, for nothing took %s",
		    state.lost, state.lost == 1 ? "" : "s",
		    state.lost == 1 ? "was" : "were",
		    state.lost == 1 ? "it" : "them");
		state.lost = 0;
		return text;
	}
	if (!is_trouble() || labs(now - state.said_at) < TROUBLE_INTERVAL)
		return NULL;
	state.said_at = now;
	snprintf(text, sizeof(text), "can't log to %s%s%s", state.why,
	    instead[state.taken_by],
	    state.order[0] == TO_POSTLOG && state.postlog.error == EACCES ?
		" (with user=USER:postdrop in master.cf it can)" :
		"");
	return text;
}
