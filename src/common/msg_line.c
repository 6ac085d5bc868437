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
put_stamp(enum msg_form form, int priority, const struct timespec *when,
    char *out, size_t size)
{
	const struct tm *tm = local(when->tv_sec);
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
	    "%04d-%02d-%02dT%02d:%02d:%02d.%06ld%c%02ld:%02ld ",
	    tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday, tm->tm_hour,
	    tm->tm_min, tm->tm_sec, when->tv_nsec / 1000,
	    tm->tm_gmtoff < 0 ? '-' : '+', zone / 60, zone % 60);
}

size_t
msg_line(enum msg_form form, const struct msg_writer *writer,
    enum msg_level level, const struct timespec *when, struct bytes text,
    char out[static MSG_LINE_MAX])
{
	size_t room = MSG_MAX;
	int len = put_stamp(form, writer->facility | priorities[level], when,
	    out, MSG_FRONT_MAX);

	len += snprintf(out + len, (size_t)(MSG_FRONT_MAX - len),
	    "%.64s%s%.100s[%ld]: %s",
	    form == MSG_FORM_SYSLOG ? "" : writer->host,
	    form == MSG_FORM_SYSLOG ? "" : " ", writer->name, (long)writer->pid,
	    words[level]);
	if (form == MSG_FORM_POSTLOG)
		room = MSG_POSTLOG_MAX - (size_t)len;
	len += (int)text_printable(text, out + len, room);
	if (form == MSG_FORM_FILE)
		out[len++] = '\n';
	return (size_t)len;
}
