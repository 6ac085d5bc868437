/* SPDX-License-Identifier: BSD-2-Clause */
#include "message_figures.h"

bool
message_is_mail(const struct message *message)
{
	return message->arrival != ARRIVAL_NOTICE;
}

bool
message_in_service(const struct messages *all, const struct message *message)
{
	return ledger_in_service(all->ledger, message->arrival == ARRIVAL_MX,
	    message->arrival == ARRIVAL_SUBMITTED);
}

bool
message_counts(const struct messages *all, const struct message *message)
{
	return all->ledger->settings->service == SERVICE_ALL ||
	    message_in_service(all, message);
}

void
message_contribute(
    struct messages *all, const struct message *message, int sign)
{
	const enum arrival arrival = message->arrival;
	const int64_t delivered = (int64_t)message->delivered * sign;

	if (!message_counts(all, message))
		return;
	if (message->flags & MESSAGE_ACTIVE) {
		all->arrived[arrival] += (uint64_t)sign;
		if (arrival == ARRIVAL_MX)
			ledger_bucket(all->ledger, message->seconds,
			    BUCKET_RECEIVED, sign);
		if (message->delivered > 0 &&
		    (arrival == ARRIVAL_MX || arrival == ARRIVAL_SUBMITTED ||
			arrival == ARRIVAL_LOCAL))
			all->delivered += (uint64_t)sign;
	}
	if (!message_is_mail(message))
		return;
	all->recipients.delivered += (uint64_t)delivered;
	if (message_in_service(all, message))
		ledger_row_at(all->ledger, message->seconds, ROW_DELIVERED,
		    UNIT_RECIPIENT, delivered);
}

void
message_set_arrival(
    struct messages *all, struct message *message, enum arrival arrival)
{
	message_contribute(all, message, -1);
	message->arrival = arrival;
	message_contribute(all, message, 1);
}

void
message_decide(
    struct messages *all, struct message *message, enum session_outcome outcome)
{
	if (message == NULL || !(message->flags & MESSAGE_UNDECIDED))
		return;
	message->flags &= ~(unsigned)MESSAGE_UNDECIDED;
	session_ends_message(all->sessions, message->session, outcome);
}

void
message_settle(struct messages *all, struct recipient *recipient)
{
	if (recipient == NULL || !recipient->is_waiting)
		return;
	recipient->is_waiting = 0;
	all->recipients.deferred_waiting--;
}

void
message_settle_all(struct messages *all, struct message *message)
{
	struct recipient *recipient;
	size_t at = 0;

	while ((recipient = message_next_recipient(message, &at)) != NULL)
		message_settle(all, recipient);
}

struct message *
message_begin(struct messages *all, struct bytes queue_id)
{
	struct message *old = message_find(all, queue_id);

	if (old != NULL) {
		message_decide(all, old, SESSION_CANCELED);
		if (!(old->flags & MESSAGE_REMOVED))
			message_settle_all(all, old);
		message_forget(all, old);
	}
	return message_new(all, queue_id);
}

struct message *
message_begin_internal(struct messages *all, struct bytes queue_id)
{
	struct message *message = message_find(all, queue_id);

	if (message != NULL &&
	    (message->arrival == ARRIVAL_INTERNAL ||
		(message->arrival == ARRIVAL_BEFORE &&
		    !(message->flags & MESSAGE_REMOVED))))
		return message;
	return message_begin(all, queue_id);
}

struct message *
message_need(struct messages *all, const struct event *event)
{
	struct message *message = message_find(all, event->queue_id);

	return message != NULL ? message : message_new(all, event->queue_id);
}

void
message_continue(
    struct messages *all, struct message *message, struct message *root)
{
	const struct recipient *recipient;
	size_t at = 0;
	bool is_new;

	root = message_root(all, root);
	if (root == message || message->root != NULL)
		return;
	message_contribute(all, message, -1);
	message_contribute(all, root, -1);
	while ((recipient = message_next_recipient(message, &at)) != NULL)
		if ((recipient->hash & 1) != 0 && /* one delivered to */
		    message_add_recipient(
			all, root, recipient->hash, &is_new) != NULL)
			root->delivered += is_new;
	message->delivered = 0;
	ledger_take_back(all->ledger, RANKING_SENDER_DOMAINS, &message->domain);
	message->arrival = ARRIVAL_CONTINUED;
	message->root = root;
	root->children++;
	message_contribute(all, root, 1);
	message_contribute(all, message, 1);
}
