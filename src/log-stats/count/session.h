/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lines of smtpd do to its sessions; see session_table.h. */
#ifndef SESSION_H
#define SESSION_H

#include "session_table.h"

/* All events of smtpd. */
void session_event(struct sessions *, const struct event *);

/* The network of a client whose mail a filter before the queue gets, see
 * greylist_network(); 0: it is not known. */
uint64_t session_network(const struct sessions *, const struct session *);

#endif
