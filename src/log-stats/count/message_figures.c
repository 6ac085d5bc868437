/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
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

/* All of it, or all its recipients. */
static bool
is_discarded(const struct message *message)
{
	return (message->flags & MESSAGE_DISCARDED) ||
	    ((message->flags & MESSAGE_ACTIVE) && message->discarded > 0 &&
		message->discarded >= message->nrcpt &&
		message->delivered == 0 && message_is_mail(message) &&
		!(message->flags & MESSAGE_OTHER_FATE));
}

static void
contribute_fates(
    struct messages *all, const struct message *message, uint64_t change)
{
	if (message->flags & MESSAGE_HELD)
		all->held += change;
	if (message->flags & MESSAGE_RELEASED)
		all->released += change;
	if (message->flags & MESSAGE_DELETED)
		all->deleted += change;
	if (message->flags & MESSAGE_EXPIRED)
		all->expired += change;
	if (is_discarded(message))
		all->discarded += change;
}

void
message_contribute(
    struct messages *all, const struct message *message, int sign)
{
	const enum arrival arrival = message->arrival;
	const int64_t delivered = (int64_t)message->delivered * sign;

	if (!message_counts(all, message))
		return;
	if (message->discarded > 0 || message->flags >= MESSAGE_HELD)
		contribute_fates(all, message, (uint64_t)sign);
	if (message->flags & (MESSAGE_ACTIVE | MESSAGE_HELD)) {
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
message_mark(struct messages *all, struct message *message, unsigned flag)
{
	if ((message->flags & flag) == flag)
		return;
	message_contribute(all, message, -1);
	message->flags |= flag;
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
message_begin_internal(
    struct messages *all, struct bytes queue_id, bool is_notice)
{
	struct message *message = message_find(all, queue_id);

	if (message != NULL &&
	    (message->flags & MESSAGE_REMOVED ?
		    message->arrival == ARRIVAL_INTERNAL &&
			(!is_notice ||
			    message->sender == hash_lower(bytes_of(""), 0)) :
		    message->arrival == ARRIVAL_INTERNAL ||
			message->arrival == ARRIVAL_BEFORE))
		return message;
	return message_begin(all, queue_id);
}

struct message *
message_need(struct messages *all, const struct event *event)
{
	struct message *message = message_find(all, event->queue_id);

	return message != NULL ? message : message_new(all, event->queue_id);
}

/* Recipients are kept under odd hashes if they were delivered to, and under
 * even ones if they were deferred, see delivery.c. */
static void
move_recipients(
    struct messages *all, struct message *message, struct message *root)
{
	const struct recipient *recipient;
	size_t at = 0;
	bool is_new;

	while ((recipient = message_next_recipient(message, &at)) != NULL) {
		if (message_add_recipient(
			all, root, recipient->hash, &is_new) == NULL)
			continue;
		if (recipient->hash & 1)
			root->delivered += is_new;
		else
			all->recipients.deferred -= !is_new;
	}
}

/* What happened to it happened to the root, and if to both, once. */
static void
move_fates(struct messages *all, struct message *message, struct message *root)
{
	const unsigned fates = MESSAGE_HELD | MESSAGE_RELEASED |
	    MESSAGE_DELETED | MESSAGE_OTHER_FATE | MESSAGE_EXPIRED;

	if (message->flags & root->flags & MESSAGE_DEFERRED)
		all->deferred--;
	root->flags |= message->flags & (fates | MESSAGE_DEFERRED);
	message->flags &= ~fates;
	root->discarded += message->discarded;
	message->discarded = 0;
	message->delivered = 0;
	if (root->domain == 0 && !(root->flags & MESSAGE_ACTIVE)) {
		root->domain = message->domain;
		message->domain = 0;
	}
	ledger_take_back(all->ledger, RANKING_SENDER_DOMAINS, &message->domain);
	if (root->hold_reason == 0)
		root->hold_reason = message->hold_reason;
	else
		ledger_take_back(
		    all->ledger, RANKING_HOLD_REASONS, &message->hold_reason);
	message->hold_reason = 0;
}

void
message_continue(
    struct messages *all, struct message *message, struct message *root)
{
	root = message_root(all, root);
	if (root == message || message->root != NULL)
		return;
	message_contribute(all, message, -1);
	message_contribute(all, root, -1);
	move_recipients(all, message, root);
	move_fates(all, message, root);
	message->arrival = ARRIVAL_CONTINUED;
	message->root = root;
	root->children++;
	message_contribute(all, root, 1);
	message_contribute(all, message, 1);
}
