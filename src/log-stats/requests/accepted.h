/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands that were accepted: smtpd's line says who the client was, the queue
 * manager's who the sender was, and those of the delivery agents who the
 * recipients are, by the names that the client had for them.
 */
#ifndef ACCEPTED_H
#define ACCEPTED_H

#include "proved.h"

/* client=, of a queue id or of a session with a filter before the queue; or
 * what pickup says of a message. */
void accepted_client(
    struct proved *, const struct entry *, const struct event *);
/* proxy-accept, proxy-reject: what the filter has answered to a session. */
void accepted_filtered(
    struct proved *, const struct entry *, const struct event *);
/* The process connects or disconnects: it has no session. */
void accepted_session_end(struct proved *);

void accepted_message_id(struct proved *, const struct event *);
void accepted_active(
    struct proved *, const struct entry *, const struct event *);
/* A recipient has got it, or failed, or waits. */
void accepted_delivery(struct proved *, const struct event *);
/* It was refused as a whole, after its recipients had been accepted. */
void accepted_refused(
    struct proved *, const struct entry *, const struct event *);
void accepted_end(struct proved *, const struct event *);

#endif
