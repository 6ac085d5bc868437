/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "msg_line.h"
#include "text.h"

static const int priorities[] = { LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO,
	LOG_DEBUG };
static const char *const words[] = { "error: ", "warning: ", "", "", "" };

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* Once a second is enough: localtime_r(3) costs more than all the rest. */
static const struct tm *
local(time_t second)
{
	static struct tm tm;
	static time_t of = -1;

	if (of != second)
		localtime_r(&second, &tm);
	of = second;
	return &tm;
}

static int
put_stamp(
    enum msg_form form, int priority, time_t second, char *out, size_t size)
{
	const struct tm *tm = local(second);
	long zone = labs(tm->tm_gmtoff) / 60;

	switch (form) {
	case MSG_FORM_SYSLOG:
		return snprintf(out, size, "<%d>%s %2d %02d:%02d:%02d ",
		    priority, months[tm->tm_mon], tm->tm_mday, tm->tm_hour,
		    tm->tm_min, tm->tm_sec);
	case MSG_FORM_POSTLOG:
		return snprintf(out, size, "%s %02d %02d:%02d:%02d ",
		    months[tm->tm_mon], tm->tm_mday, tm->tm_hour, tm->tm_min,
		    tm->tm_sec);
	case MSG_FORM_FILE:
		break;
	}
	return snprintf(out, size,
	    "%04d-%02d-%02dT%02d:%02d:%02d.000000%c%02ld:%02ld ",
	    tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday, tm->tm_hour,
	    tm->tm_min, tm->tm_sec, tm->tm_gmtoff < 0 ? '-' : '+', zone / 60,
	    zone % 60);
}

/* What comes before the text, which lasts for a second; most lines are of the
   same level. */
struct front {
	enum msg_form form;
	enum msg_level level;
	struct msg_writer writer;
	time_t second;
	int len;
	int micros_at; /* six digits, in a line of a file */
	char text[MSG_FRONT_MAX];
};

static bool
is_of_writer(const struct front *front, const struct msg_writer *writer)
{
	return front->writer.name == writer->name &&
	    front->writer.facility == writer->facility &&
	    front->writer.pid == writer->pid &&
	    front->writer.host == writer->host;
}

static void
put_front(struct front *front, enum msg_form form,
    const struct msg_writer *writer, enum msg_level level, time_t second)
{
	char *text = front->text;
	int len = put_stamp(form, writer->facility | priorities[level], second,
	    text, MSG_FRONT_MAX);

	front->form = form;
	front->writer = *writer;
	front->level = level;
	front->second = second;
	front->micros_at = len - (int)sizeof("000000+00:00");
	front->len = len +
	    snprintf(text + len, (size_t)(MSG_FRONT_MAX - len),
		"%.64s%s%.100s[%ld]: %s",
		form == MSG_FORM_SYSLOG ? "" : writer->host,
		form == MSG_FORM_SYSLOG ? "" : " ", writer->name,
		(long)writer->pid, words[level]);
}

static void
put_micros(long micros, char *out)
{
	for (int i = 5; i >= 0; i--) {
		out[i] = (char)('0' + micros % 10);
		micros /= 10;
	}
}

size_t
msg_line(enum msg_form form, const struct msg_writer *writer,
    enum msg_level level, const struct timespec *when, struct bytes text,
    char out[static MSG_LINE_MAX])
{
	static struct front front;
	size_t room = MSG_MAX, len;

	if (front.form != form || front.level != level ||
	    front.second != when->tv_sec || !is_of_writer(&front, writer))
		put_front(&front, form, writer, level, when->tv_sec);
	len = (size_t)front.len;
	memcpy(out, front.text, len);
	if (form == MSG_FORM_FILE)
		put_micros(when->tv_nsec / 1000, out + front.micros_at);
	if (form == MSG_FORM_POSTLOG)
		room = MSG_POSTLOG_MAX - len;
	len += text_printable(text, out + len, room);
	if (form == MSG_FORM_FILE)
		out[len++] = '\n';
	return len;
}
