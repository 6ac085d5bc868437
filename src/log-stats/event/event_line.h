/* SPDX-License-Identifier: BSD-2-Clause */
/* An event as a line of --events. */
#ifndef EVENT_LINE_H
#define EVENT_LINE_H

#include "event.h"

/*
 * To standard output, with tabs between: epoch time, host, instance, service,
 * daemon, pid, class, queue id, client address, sender, recipient, code,
 * enhanced code, text. What is not known is empty; bytes that are not printable
 * are escaped as by text_escape(). entry NULL: the line has no prefix.
 */
void event_line_print(const struct entry *, const struct event *);

#endif
