/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
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
 * opened, and what is printed would go there. Using it stays an error.
 */
static void
fill_gaps(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) == -1)
			(void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
	}
}

void
msg_init(void)
{
	int null;

	sink.stderr_usable = fcntl(2, F_GETFD) != -1;
	fill_gaps();
	if (!same_socket(2, 0) && !same_socket(2, 1))
		return;
	sink.stderr_usable = false;
	null = open("/dev/null", O_RDWR);
	if (null == -1) {
		close(2);
		return;
	}
	dup2(null, 2);
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
to_stderr(enum msg_level level)
{
	return sink.stderr_usable &&
	    (sink.sink == MSG_STDERR || level <= MSG_WARN);
}

static bool
to_syslog(enum msg_level level)
{
	if (sink.sink == MSG_SYSLOG)
		return true;
	return !sink.stderr_usable &&
	    (sink.sink == MSG_STDERR || level <= MSG_WARN);
}

bool
msg_wanted(enum msg_level level)
{
	return level <= sink.loudest && (to_stderr(level) || to_syslog(level));
}

/* One write(2) a line, so that the lines of many processes don't mix. */
static void
write_stderr(struct bytes text)
{
	static char line[MSG_MAX + 128];
	int prefix;
	ssize_t ignored;

	prefix = snprintf(line, 128, "%s: ", sink.name);
	if (prefix < 0 || prefix >= 128)
		prefix = 0;
	memcpy(line + prefix, text.data, text.len);
	line[(size_t)prefix + text.len] = '\n';
	ignored = write(2, line, (size_t)prefix + text.len + 1);
	(void)ignored;
}

void
msg_text(enum msg_level level, struct bytes text)
{
	static char clean[MSG_MAX];
	struct bytes line = { clean, 0 };

	if (!msg_wanted(level))
		return;
	line.len = text_printable(text, clean, sizeof(clean));
	if (to_stderr(level))
		write_stderr(line);
	if (to_syslog(level))
		syslog(priority[level], "%.*s", (int)line.len, line.data);
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
