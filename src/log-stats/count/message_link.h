/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which queue id continues which other one. A content filter takes a message
 * from the queue and brings it back as another: both are one message, and that
 * it went to the filter is no delivery. See doc/maillog.md G1.
 */
#ifndef MESSAGE_LINK_H
#define MESSAGE_LINK_H

#include "message_figures.h"

/* From now on the first goes on under the second, or under its root. */
void message_link(struct messages *, struct message *, struct message *);

/* The message's id was seen: what does it continue? */
void message_link_by_id(struct messages *, struct message *);

/* It has begun before the log: was it named as what another goes on as? */
void message_link_awaited(struct messages *, struct message *);

/* More is known of where it came from than its message-id showed. */
void message_link_undo(struct messages *, struct message *);

/* The entry is of pipe(8), which has delivered the message: what came back by
 * sendmail(1) continues it. */
bool message_link_is_pipe(const struct messages *);
void message_link_pipe(struct messages *, struct message *);

/* It is known to go on, and this delivery was the one to the filter. */
bool message_link_is_leg(
    const struct messages *, const struct message *, const struct event *);

/* A recipient was counted as delivered, under this hash; that may be taken back
 * when it is seen that the message goes on. */
void message_link_remember(struct messages *, const struct message *,
    const struct event *, uint64_t recipient, uint64_t domain);

/* MailScanner has taken a message from the hold queue, and put it back as
 * another one, which may have begun. */
void message_link_requeued(struct messages *, const struct event *);

/* The message as which the reply of a delivery says that it goes on here;
 * NULL: none. */
struct message *message_link_successor(
    struct messages *, const struct message *, const struct event *);

#endif
