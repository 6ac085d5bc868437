/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a message adds to the figures: from where it begins, and under which
 * other one, if it continues that.
 */
#ifndef MESSAGE_FIGURES_H
#define MESSAGE_FIGURES_H

#include "message_table.h"

/* Not a bounce, report or probe. */
bool message_is_mail(const struct message *);

/* It came in by the service that the first table is of. */
bool message_in_service(const struct messages *, const struct message *);

/* It counts among messages: all do, unless the user names a service. */
bool message_counts(const struct messages *, const struct message *);

/* Any older message of this queue id is forgotten. */
struct message *message_begin(struct messages *, struct bytes queue_id);

/*
 * A message that Postfix itself made, and that a line of another one names. It
 * may have ended or not begun yet, or an older message may have its queue id:
 * one that is gone is a notice only if it had no sender.
 */
struct message *message_begin_internal(
    struct messages *, struct bytes queue_id, bool is_notice);

/* Finds a message, or begins one that is older than the log. */
struct message *message_need(struct messages *, const struct event *);

/* Adds what is known of a message to the figures (sign 1), in the hour or day
 * of its first line; before more becomes known, takes that away again (-1). */
void message_contribute(struct messages *, const struct message *, int sign);
/* Its flag is set, and what that adds is added. */
void message_mark(struct messages *, struct message *, unsigned flag);
void message_set_arrival(struct messages *, struct message *, enum arrival);

/* From now on the message counts under that root, unless it has one already. */
void message_continue(
    struct messages *, struct message *, struct message *root);

/* Reports to its session, if that still waits for it, what became of it. The
 * message may be NULL. */
void message_decide(struct messages *, struct message *, enum session_outcome);

/* A recipient (which may be NULL), or all of a message, wait no longer. */
void message_settle(struct messages *, struct recipient *);
void message_settle_all(struct messages *, struct message *);

#endif
