/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages: a key is host, instance and queue id, from its first line to
 * "removed". A message may go on under another queue id (after a content
 * filter, when it is forwarded, when it is requeued): all that becomes of it
 * counts under its first one, the root.
 *
 * A message counts as received, submitted or local when the queue manager first
 * has it; after client= alone it may still be refused.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "message_figures.h"

/* Any event with a queue id but those of deliveries. */
void message_event(struct messages *, const struct event *);

/* A filter before the queue has answered a client that its mail is queued under
 * this id. */
void message_accepted_by_proxy(struct messages *, struct bytes queue_id,
    uint64_t network, bool is_submission);

#endif
