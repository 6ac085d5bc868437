/* SPDX-License-Identifier: BSD-2-Clause */
/* An event as a line of --events. */
#ifndef EVENT_PRINT_H
#define EVENT_PRINT_H

#include "event.h"

/*
 * Prints a line of --events, with tabs between: epoch time, host, instance,
 * service, daemon, pid, class, queue id, client address, sender, recipient,
 * code, enhanced code, text, and of deliver.* and smtp.try_failed the code that
 * the other side gave, and who that was. What is not known is empty; the rest
 * is escaped by text_escape(). entry NULL: the line has no prefix.
 */
void event_print(const struct entry *, const struct event *);

#endif
