/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <sys/uio.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "msg.h"
#include "text.h"

static struct {
	const char *name;
	enum msg_sink sink;
	enum msg_level loudest;
	bool stderr_usable;
} sink = { "grey", MSG_STDERR, MSG_INFO, true };

static const int priority[] = { LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO,
	LOG_DEBUG };

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

	sink.stderr_usable = fcntl(2, F_GETFD) != -1;
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) == -1)
			(void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
	}
	if (!same_socket(2, 0) && !same_socket(2, 1))
		return;
	sink.stderr_usable = false;
	null = open("/dev/null", O_RDWR);
	(void)(null == -1 ? close(2) : dup2(null, 2));
	if (null > 2)
		close(null);
}

void
msg_open(
    enum msg_sink where, const char *name, int facility, enum msg_level loudest)
{
	sink.name = name;
	sink.sink = where;
	sink.loudest = loudest;
	closelog();
	openlog(name, LOG_PID, facility);
}

static bool
is_for_stderr(enum msg_level level)
{
	return sink.sink == MSG_STDERR || level <= MSG_WARN;
}

bool
msg_wanted(enum msg_level level)
{
	return level <= sink.loudest &&
	    (sink.sink == MSG_SYSLOG || is_for_stderr(level));
}

/* One system call a line, so that the lines of many processes don't mix. */
void
msg_text(enum msg_level level, struct bytes text)
{
	static char clean[MSG_MAX];
	bool shown = is_for_stderr(level);
	size_t len;

	if (!msg_wanted(level))
		return;
	len = text_printable(text, clean, sizeof(clean));
	if (shown && sink.stderr_usable) {
		char *name = (char *)sink.name;
		struct iovec line[] = { { name, strlen(name) }, { ": ", 2 },
			{ clean, len }, { "\n", 1 } };
		ssize_t ignored = writev(2, line, 4);

		(void)ignored;
	}
	if (sink.sink == MSG_SYSLOG || (shown && !sink.stderr_usable))
		syslog(priority[level], "%.*s", (int)len, clean);
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
