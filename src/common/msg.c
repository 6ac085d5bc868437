/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "msg.h"

static struct {
	const char *name;
	enum msg_sink sink;
	enum msg_level loudest;
	bool stderr_usable;
} sink = { "grey", MSG_SYSLOG, MSG_INFO, true };

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

void
msg_init(const char *program)
{
	int null;

	sink.name = program;
	openlog(sink.name, LOG_PID, LOG_MAIL);
	sink.stderr_usable = fcntl(2, F_GETFD) != -1;
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

/* The length of the printable UTF-8 sequence at the front of text, or 0. */
static size_t
printable(const unsigned char *text, size_t len)
{
	uint32_t code;
	size_t need;

	if (text[0] < 0x80)
		return text[0] >= 0x20 && text[0] != 0x7f;
	if (text[0] >= 0xc2 && text[0] <= 0xdf)
		need = 2;
	else if ((text[0] & 0xf0) == 0xe0)
		need = 3;
	else if (text[0] >= 0xf0 && text[0] <= 0xf4)
		need = 4;
	else
		return 0;
	if (len < need)
		return 0;
	code = text[0] & (0x7fu >> need);
	for (size_t i = 1; i < need; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3fu);
	}
	if (code < 0xa0 || (need == 3 && code < 0x800) ||
	    (need == 4 && (code < 0x10000 || code > 0x10ffff)) ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return need;
}

static size_t
make_printable(struct bytes text, char *out, size_t room)
{
	size_t used = 0, cut_at = 0, n;

	for (size_t i = 0; i < text.len; i += n) {
		n = printable(
		    (const unsigned char *)text.data + i, text.len - i);
		if (used + (n == 0 ? 1 : n) > room) {
			memcpy(out + cut_at, "...", 3);
			return cut_at + 3;
		}
		if (n > 0)
			memcpy(out + used, text.data + i, n);
		else {
			out[used] = '?';
			n = 1;
		}
		used += n;
		if (used + 3 <= room)
			cut_at = used;
	}
	return used;
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
	line.len = make_printable(text, clean, sizeof(clean));
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
