/* SPDX-License-Identifier: BSD-2-Clause */
/* From the text of an entry to an event, by the table in wording.c. */
#ifndef EVENT_READ_H
#define EVENT_READ_H

#include "event.h"
#include "pattern.h"

/*
 * Once, before the first event_read(). A 450 or 451 of smtpd whose text the
 * pattern matches greylists; it must live as long. NULL: none does.
 */
void event_prepare(const struct pattern *greylisted);

/*
 * Understands the text of an entry. For meta.repeat, text is what was repeated;
 * empty: the line before it of that host.
 */
void event_read(const struct entry *, struct event *);

#endif
