/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which queue id continues which other one. A content filter takes a message
 * from the queue and brings it back as another: both are one message, and that
 * it went to the filter is no delivery. See doc/maillog.md G1.
 */
#ifndef MESSAGE_LINK_H
#define MESSAGE_LINK_H

#include "message_figures.h"

/* The message as which the reply of a delivery says that it goes on here;
 * NULL: none. */
struct message *message_link_successor(
    struct messages *, const struct message *, const struct event *);

#endif
