/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <sys/uio.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "msg.h"
#include "msg_file.h"
#include "msg_log.h"
#include "text.h"

/* Lines for standard error that wait for others; so many bytes at a time no
   other process writes into. */
static struct {
	bool on;
	size_t used;
	char text[PIPE_BUF];
} held;

static struct {
	const char *name;
	enum msg_sink sink;
	enum msg_level loudest;
	bool stderr_usable;
	bool is_service; /* requests come from a socket */
} state = { "grey", MSG_STDERR, MSG_INFO, true, false };

static bool
same_socket(int a, int b)
{
	struct stat one, two;

	return fstat(a, &one) == 0 && fstat(b, &two) == 0 &&
	    S_ISSOCK(one.st_mode) && one.st_dev == two.st_dev &&
	    one.st_ino == two.st_ino;
}

/*
 * The number of a closed descriptor would be given to the next file that is
 * opened, and what is printed would go there. The /dev/null that takes its
 * place is opened the wrong way round: using it stays an error.
 */
void
msg_init(void)
{
	int null;

	/* A file that may not grow any more is an error, not the end. */
	signal(SIGXFSZ, SIG_IGN);
	state.is_service = same_socket(0, 0);
	state.stderr_usable = fcntl(2, F_GETFD) != -1;
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) == -1)
			(void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
	}
	if (!same_socket(2, 0) && !same_socket(2, 1))
		return;
	state.is_service = true;
	state.stderr_usable = false;
	null = open("/dev/null", O_RDWR);
	(void)(null == -1 ? close(2) : dup2(null, 2));
	if (null > 2)
		close(null);
}

bool
msg_has_stderr(void)
{
	return state.stderr_usable;
}

static bool
is_log(enum msg_sink sink)
{
	return sink == MSG_SYSLOG || sink == MSG_FILE || sink == MSG_POSTLOG;
}

/* Answers go to standard output, so that a log there is meant to be that of the
 * container, which is that of its first process; at a terminal both may go. */
static const char *
path_of_log(const struct msg_target *target)
{
	if (target->sink != MSG_FILE)
		return target->path;
	if (strcmp(target->path, "/dev/stdout") == 0 && isatty(1) != 1)
		return MSG_FILE_STDOUT_OF_1;
	if (strcmp(target->path, "/dev/stderr") == 0 && !state.stderr_usable)
		return MSG_FILE_STDERR_OF_1;
	return target->path;
}

static void
begin(const struct msg_target *target, const char *name, int facility,
    enum msg_level loudest)
{
	state.name = name;
	state.sink = target->sink;
	state.loudest = loudest;
	msg_log_begin(target->sink, path_of_log(target), name, facility);
}

void
msg_open(
    enum msg_sink where, const char *name, int facility, enum msg_level loudest)
{
	begin(&(struct msg_target){ where, NULL }, name, facility, loudest);
}

void
msg_open_log(const struct msg_target *target, const char *name, int facility,
    enum msg_level loudest)
{
	begin(target, name, facility, loudest);
	if (is_log(target->sink) || (state.is_service && !state.stderr_usable))
		msg_log_open();
}

static const char *
parse_target(const char *text, struct msg_target *target)
{
	static const struct {
		const char *name;
		enum msg_sink sink;
	} words[] = { { "syslog", MSG_SYSLOG }, { "stderr", MSG_STDERR },
		{ "none", MSG_NONE }, { "postlog", MSG_POSTLOG } };

	target->path = NULL;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		target->sink = words[i].sink;
		if (strcmp(text, words[i].name) == 0)
			return NULL;
	}
	target->path = strchrnul(text, ':');
	target->path += *target->path == ':';
	if (strncmp(text, "postlog:", 8) == 0) {
		target->sink = MSG_POSTLOG;
		return *target->path == '\0' ?
		    "names no socket; give postlog, or postlog:PATH" :
		    NULL;
	}
	target->sink = MSG_FILE;
	if (strcmp(text, "file") != 0 && strncmp(text, "file:", 5) != 0)
		return "must be syslog, postlog, file:PATH, stderr or none";
	return *target->path != '/' ?
	    "must be file: and a path from the root, such as "
	    "file:/var/log/grey.log" :
	    NULL;
}

const char *
msg_target_parse(const char *text, struct msg_target *target)
{
	const char *problem = parse_target(text, target);

	if (problem != NULL)
		*target = (struct msg_target){ MSG_SYSLOG, NULL };
	return problem;
}

static bool
is_for_stderr(enum msg_level level)
{
	return state.sink == MSG_STDERR || level <= MSG_WARN;
}

static bool
is_for_log(enum msg_level level)
{
	return is_log(state.sink) ||
	    (state.is_service && !state.stderr_usable && is_for_stderr(level));
}

bool
msg_wanted(enum msg_level level)
{
	return level <= state.loudest &&
	    (is_log(state.sink) || is_for_stderr(level));
}

static void
show_held(void)
{
	ssize_t ignored = held.used == 0 ? 0 : write(2, held.text, held.used);

	(void)ignored;
	held.used = 0;
}

static bool
hold(const struct iovec *parts, int count)
{
	size_t len = 0;

	for (int i = 0; i < count; i++)
		len += parts[i].iov_len;
	if (len > sizeof(held.text) - held.used)
		show_held();
	if (!held.on || len > sizeof(held.text))
		return false;
	for (int i = 0; i < count; i++) {
		memcpy(
		    held.text + held.used, parts[i].iov_base, parts[i].iov_len);
		held.used += parts[i].iov_len;
	}
	return true;
}

/* One system call a line, so that the lines of many processes don't mix. */
static void
show(struct bytes text)
{
	static char clean[MSG_MAX];
	char *name = (char *)state.name;
	struct iovec line[] = { { name, strlen(name) }, { ": ", 2 },
		{ clean, text_printable(text, clean, sizeof(clean)) },
		{ "\n", 1 } };
	ssize_t ignored = hold(line, 4) ? 0 : writev(2, line, 4);

	(void)ignored;
}

void
msg_aside(const char *text)
{
	if (state.stderr_usable)
		show(bytes_of(text));
}

/* Standard error is the last resort of a service that has one. */
static void
take_untaken(struct bytes text)
{
	if (state.is_service && state.stderr_usable)
		show(text);
	else
		msg_log_lost();
}

static void
tell_trouble(void)
{
	const char *trouble = msg_log_trouble();

	if (trouble != NULL)
		msg_text(MSG_ERROR, bytes_of(trouble));
}

void
msg_text(enum msg_level level, struct bytes text)
{
	bool shown;

	if (!msg_wanted(level))
		return;
	shown = state.stderr_usable && is_for_stderr(level) && !msg_log_is(2);
	if (shown)
		show(text);
	if (!is_for_log(level))
		return;
	if (!msg_log(level, text) && !shown)
		take_untaken(text);
	tell_trouble();
}

void
msg_hold(void)
{
	held.on = true;
	msg_log_hold(take_untaken);
}

void
msg_release(void)
{
	held.on = false;
	msg_log_release();
	show_held();
	if (is_log(state.sink))
		tell_trouble();
}

void
msg(enum msg_level level, const char *format, ...)
{
	char text[MSG_MAX];
	va_list arguments;
	int len;

	if (!msg_wanted(level))
		return;
	va_start(arguments, format);
	len = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (len < 0)
		return;
	if ((size_t)len >= sizeof(text))
		len = (int)sizeof(text) - 1;
	msg_text(level, (struct bytes){ text, (size_t)len });
}
