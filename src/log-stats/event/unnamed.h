/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines whose program says that they are Postfix', but not of which daemon:
 * "postfix[42]: NOQUEUE: reject: ...", as rsyslog's %programname% makes them.
 * The daemon is told by wordings that only one has.
 */
#ifndef UNNAMED_H
#define UNNAMED_H

#include "event.h"

/* The daemons to try, in this order; DAEMON_UNKNOWN ends the list. */
extern const enum daemon unnamed_daemons[];

/*
 * The event has this class if the daemon wrote it. Is it the only one that
 * would? postscreen's DISCONNECT is tlsproxy's, too; it is told by the process,
 * which has written a CONNECT of postscreen's before.
 */
bool unnamed_is_of(
    enum daemon, enum event_class, const struct entry *, const struct event *);

#endif
