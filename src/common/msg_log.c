/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "msg_file.h"
#include "msg_held.h"
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
	bool holds;
	void (*untaken)(struct bytes text);
	struct msg_held held;
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

/* By the first way that takes it. */
static bool
send_line(enum msg_level level, const struct timespec *when, struct bytes text)
{
	const enum way *way = state.order;
	time_t now = when->tv_sec;

	for (; *way != WAYS; way++) {
		if (state.failed_at[*way] != now &&
		    note(*way, send_by(*way, level, when, text), now))
			break;
	}
	state.taken_by = *way;
	return *way != WAYS;
}

/* As many of the held lines, from the first on, as one write(2) takes: where
   each ends in out. */
static size_t
gather(size_t first, char *out, size_t size, size_t *ends)
{
	const struct msg_held *held = &state.held;
	size_t count = 0, used = 0;
	static char line[MSG_LINE_MAX];

	state.writer.host = state.host.name;
	for (size_t i = first; i < held->count; i++) {
		size_t len = msg_line(MSG_FORM_FILE, &state.writer,
		    held->line[i].level, &held->line[i].when,
		    held->line[i].text, line);

		if (count > 0 && used + len > size)
			break;
		memcpy(out + used, line, len);
		used += len;
		ends[count++] = used;
	}
	return count;
}

/* How many lines from the first on are dealt with. */
static size_t
write_some(size_t first)
{
	static char out[MSG_LINE_MAX + 4 * MSG_MAX];
	static size_t ends[MSG_HELD_LINES];
	const struct msg_held *held = &state.held;
	time_t now = held->line[held->count - 1].when.tv_sec;
	size_t room = msg_file_room(&state.file), count;
	const char *why;

	count = gather(
	    first, out, room < 4 * MSG_MAX ? room : 4 * MSG_MAX, ends);
	why = msg_file_write(
	    &state.file, (struct bytes){ out, ends[count - 1] }, now);
	state.taken_by = TO_FILE;
	if (note(TO_FILE, why, now))
		return count;
	for (size_t i = 0; i < count; i++) {
		if (ends[i] > state.file.written &&
		    !send_line(held->line[first + i].level,
			&held->line[first + i].when,
			held->line[first + i].text))
			state.untaken(held->line[first + i].text);
	}
	return count;
}

static void
write_held(void)
{
	size_t done = 0;

	while (done < state.held.count)
		done += write_some(done);
	msg_held_clear(&state.held);
}

bool
msg_log(enum msg_level level, struct bytes text)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (!state.holds || state.order[0] != TO_FILE ||
	    state.failed_at[TO_FILE] != 0)
		return send_line(level, &now, text);
	if (!msg_held_add(&state.held, level, &now, text)) {
		write_held();
		(void)msg_held_add(&state.held, level, &now, text);
	}
	return true;
}

void
msg_log_hold(void (*untaken)(struct bytes text))
{
	state.holds = true;
	state.untaken = untaken;
}

void
msg_log_release(void)
{
	state.holds = false;
	write_held();
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
