/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lines of smtpd do to its sessions; see session_table.h. */
#ifndef SESSION_H
#define SESSION_H

#include "session_table.h"

/* All events of smtpd. */
void session_event(struct sessions *, const struct event *);

#endif
