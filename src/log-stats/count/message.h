/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages: a key is host, instance and queue id, from its first line to
 * "removed". What one message of the sender becomes on its way - another queue
 * id behind a content filter, by forwarding, by requeueing - counts under the
 * first, its root.
 *
 * A message counts as received, submitted or local when the queue manager says
 * so for the first time; client= alone may still be refused.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "message_figures.h"

/* All events with a queue id, of whatever class. */
void message_event(struct messages *, const struct event *);

/*
 * A filter before the queue answered a client that the mail is queued under
 * this id: it is that client's mail.
 */
void message_accepted_by_proxy(struct messages *, struct bytes queue_id,
    uint64_t network, bool is_submission);

#endif
