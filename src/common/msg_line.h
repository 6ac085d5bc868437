/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of a log, in the forms of those who take them:
 *   MSG_FORM_SYSLOG   <22>Nov 27 18:00:00 grey-check[812]: warning: text
 *                     as syslog(3) sends it: priority, local time
 *   MSG_FORM_POSTLOG  Nov 27 18:00:00 mx grey-check[812]: warning: text
 *                     as Postfix's own programs send it to postlogd(8)
 *   MSG_FORM_FILE     2026-11-27T18:00:00.123456+00:00 mx grey-check[812]: ...
 *                     as rsyslog's file format has it, with a newline
 * The word after the colon is Postfix's: "warning: ", "error: ", or none.
 */
#ifndef MSG_LINE_H
#define MSG_LINE_H

#include <sys/types.h>
#include <time.h>

#include "msg_level.h"

enum msg_form { MSG_FORM_SYSLOG, MSG_FORM_POSTLOG, MSG_FORM_FILE };

/* Who writes: what stands between the time and the text. */
struct msg_writer {
	const char *name;
	int facility; /* of syslog(3) */
	pid_t pid;
	const char *host; /* without its domain */
};

/* What comes before the text has at most this many bytes; a longer name of the
 * writer is cut. */
enum { MSG_FRONT_MAX = 256, MSG_LINE_MAX = MSG_FRONT_MAX + MSG_MAX + 1 };

/* A longer datagram is cut by postlogd(8). */
enum { MSG_POSTLOG_MAX = 4096 };

/* Text that has no room is cut, and ends with "...". Returns the length. */
size_t msg_line(enum msg_form, const struct msg_writer *, enum msg_level,
    const struct timespec *when, struct bytes text,
    char out[static MSG_LINE_MAX]);

#endif
