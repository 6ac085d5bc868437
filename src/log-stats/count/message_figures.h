/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a message adds to the figures: from where it begins, and under which
 * other one, if it continues that.
 */
#ifndef MESSAGE_FIGURES_H
#define MESSAGE_FIGURES_H

#include "message_recipients.h"

/* It is no bounce, report or probe. */
bool message_is_mail(const struct message *);

/* It came in by the service of the table's rows. */
bool message_in_service(const struct messages *, const struct message *);

/* It is in the figures of messages, which are of all services unless the user
 * names one. */
bool message_counts(const struct messages *, const struct message *);

/* If the queue id was used before, it begins again. */
struct message *message_begin(struct messages *, struct bytes queue_id);

/*
 * The message that a line of another one names as its own: Postfix made it
 * itself. It may have come to its end before that line was written, or not even
 * be there, or an older message has its queue id.
 */
struct message *message_begin_internal(
    struct messages *, struct bytes queue_id);

/* For lines in the middle of a message's life: it may have begun before. */
struct message *message_need(struct messages *, const struct event *);

/*
 * What a message adds to the figures, as far as is known; taken away (-1)
 * before more becomes known, and added again (1): in the hour or day of its
 * first line.
 */
void message_contribute(struct messages *, const struct message *, int sign);
void message_set_arrival(struct messages *, struct message *, enum arrival);

/* Both count under the one root from now on, if the message has none yet. */
void message_continue(
    struct messages *, struct message *, struct message *root);

/* What the session waits for, if it does. */
void message_decide(struct messages *, struct message *, enum session_outcome);

/* One, which may be NULL, or all recipients of a message wait no longer. */
void message_settle(struct messages *, struct recipient *);
void message_settle_all(struct messages *, struct message *);

#endif
