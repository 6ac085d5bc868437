/* SPDX-License-Identifier: BSD-2-Clause */
#include "message_figures.h"

bool
message_is_mail(const struct message *message)
{
	return message->arrival != ARRIVAL_NOTICE;
}

bool
message_in_service(
    const struct messages *messages, const struct message *message)
{
	return ledger_in_service(messages->ledger,
	    message->arrival == ARRIVAL_MX,
	    message->arrival == ARRIVAL_SUBMITTED);
}

bool
message_counts(const struct messages *messages, const struct message *message)
{
	return messages->ledger->settings->service == SERVICE_ALL ||
	    message_in_service(messages, message);
}

static void
count_arrival(
    struct messages *messages, const struct message *message, int64_t change)
{
	uint64_t more = (uint64_t)change;

	switch (message->arrival) {
	case ARRIVAL_MX:
		messages->received += more;
		ledger_bucket(messages->ledger, message->seconds,
		    BUCKET_RECEIVED, change);
		break;
	case ARRIVAL_SUBMITTED:
		messages->submitted += more;
		break;
	case ARRIVAL_LOCAL:
		messages->local += more;
		break;
	case ARRIVAL_NOTICE:
		messages->notices += more;
		return;
	case ARRIVAL_BEFORE:
		messages->began_before += more;
		return;
	default:
		return;
	}
	if (message->delivered > 0)
		messages->delivered += more;
}

void
message_contribute(
    struct messages *messages, const struct message *message, int sign)
{
	int64_t delivered = (int64_t)message->delivered * sign;

	if (!message_counts(messages, message))
		return;
	if (message->flags & MESSAGE_ACTIVE)
		count_arrival(messages, message, sign);
	if (!message_is_mail(message))
		return;
	messages->recipients.delivered += (uint64_t)delivered;
	if (message_in_service(messages, message))
		ledger_row_at(messages->ledger, message->seconds, ROW_DELIVERED,
		    UNIT_RECIPIENT, delivered);
}

void
message_set_arrival(
    struct messages *messages, struct message *message, enum arrival arrival)
{
	message_contribute(messages, message, -1);
	message->arrival = arrival;
	message_contribute(messages, message, 1);
}

void
message_decide(struct messages *messages, struct message *message,
    enum session_outcome outcome)
{
	if (!(message->flags & MESSAGE_UNDECIDED))
		return;
	message->flags &= ~(unsigned)MESSAGE_UNDECIDED;
	session_ends_message(messages->sessions, message->session, outcome);
}

void
message_stop_waiting(struct recipient *recipient, void *messages)
{
	if (!recipient->is_waiting)
		return;
	recipient->is_waiting = 0;
	((struct messages *)messages)->recipients.deferred_waiting--;
}

struct message *
message_begin(struct messages *messages, struct bytes queue_id)
{
	struct message *old = message_find(messages, queue_id);

	if (old != NULL) {
		message_decide(messages, old, SESSION_CANCELED);
		if (!(old->flags & MESSAGE_REMOVED))
			message_each_recipient(
			    old, message_stop_waiting, messages);
		message_forget(messages, old);
	}
	return message_new(messages, queue_id);
}

struct message *
message_begin_internal(struct messages *messages, struct bytes queue_id)
{
	struct message *message = message_find(messages, queue_id);

	if (message != NULL &&
	    (message->arrival == ARRIVAL_INTERNAL ||
		(message->arrival == ARRIVAL_BEFORE &&
		    !(message->flags & MESSAGE_REMOVED))))
		return message;
	return message_begin(messages, queue_id);
}

struct message *
message_need(struct messages *messages, const struct event *event)
{
	struct message *message = message_find(messages, event->queue_id);

	return message != NULL ? message :
				 message_new(messages, event->queue_id);
}

struct moving {
	struct messages *messages;
	struct message *root;
	uint64_t moved;
};

static void
move_delivered(struct recipient *recipient, void *argument)
{
	struct moving *moving = argument;
	bool is_new;

	if ((recipient->hash & 1) == 0 ||
	    message_add_recipient(moving->messages, moving->root,
		recipient->hash, &is_new) == NULL)
		return;
	moving->moved += is_new;
}

void
message_continue(
    struct messages *messages, struct message *message, struct message *root)
{
	struct moving moving = { messages, message_root(messages, root), 0 };

	if (moving.root == message || message->root != NULL)
		return;
	message_contribute(messages, message, -1);
	message_contribute(messages, moving.root, -1);
	message_each_recipient(message, move_delivered, &moving);
	moving.root->delivered += moving.moved;
	message->delivered = 0;
	message->arrival = ARRIVAL_CONTINUED;
	message_set_root(message, moving.root);
	message_contribute(messages, moving.root, 1);
	message_contribute(messages, message, 1);
}
