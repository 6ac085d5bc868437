/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands around a line of syslog, or between its parts, and is neither a
 * stamp nor a host nor a program.
 */
#ifndef WRAPPER_H
#define WRAPPER_H

#include "common/bytes.h"

static inline struct bytes
wrapper_skip_blanks(struct bytes text)
{
	while (text.len > 0 && *text.data == ' ')
		text = bytes_from(text, 1);
	return text;
}

/* Takes what stands between these characters off the front, and a blank after
 * it. */
void wrapper_strip_bracketed(struct bytes *, char front, char back);

/*
 * Before a line: a terminal's colours, <22> or <mail.info>, "mail.info: " of
 * socklog, "[pod/mail-0/postfix] " of kubectl, "mail-1  | " of docker compose.
 */
void wrapper_strip_front(struct bytes *);

/* Has it a bar where "mail-1  | " has one? */
bool wrapper_has_bar(struct bytes);

/* After its stamp: "stdout F " of a container's log. False: it is not there. */
bool wrapper_strip_stream(struct bytes *);

/* "mail.info " of BusyBox, "mail:info " of AIX. False: it is not there. */
bool wrapper_strip_facility(struct bytes *);

#endif
