/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is done to a message that Postfix has taken, but for its deliveries: it
 * is put on hold, released, deleted, or thrown away. A message on hold was
 * taken: it counts as received, unless it is refused after all; that is known
 * at the end of its session. See doc/maillog.md G3.
 */
#ifndef MESSAGE_FATE_H
#define MESSAGE_FATE_H

#include "message_figures.h"

/* A line of smtpd, cleanup or postsuper that names the message: of another
 * class it says nothing here. */
void message_fate(struct messages *, const struct event *);

/* A filter has gone on with what was on hold. */
void message_unhold(struct messages *, struct message *);
/* Or it was refused after all, and was never taken. The message may be NULL. */
void message_untake(struct messages *, struct message *);

/* The same of smtpd, before there is a queue id: it will be of the message that
 * begins next in the entry's process. */
void message_fate_ahead(struct messages *, const struct event *);
/* Holds of messages that have not come yet. */
uint64_t message_fate_held_ahead(const struct messages *);
/* That message has begun. */
void message_fate_arrives(struct messages *, struct message *);
/* The session of the entry's process has ended: nothing will refuse what is on
 * hold. */
void message_fate_session_ends(struct messages *);

#endif
