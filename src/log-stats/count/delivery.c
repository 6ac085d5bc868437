/* SPDX-License-Identifier: BSD-2-Clause */
#include "delivery.h"
#include "log-stats/event/reason.h"
#include "log-stats/tables/hash.h"

/* Recipients are kept under hashes of two kinds. */
enum { DELIVERED_TO = 11, DEFERRED_TO = 12 };

static uint64_t
deferred_hash(const struct event *event)
{
	return hash_text(event->recipient, DEFERRED_TO) & ~UINT64_C(1);
}

/* Delivered or failed: it waits no longer. */
static void
settle(struct messages *messages, struct message *message,
    const struct event *event)
{
	struct recipient *recipient = message_recipient(
	    message, deferred_hash(event));

	if (recipient != NULL)
		message_stop_waiting(recipient, messages);
}

static void
defer(struct messages *messages, struct message *message,
    const struct event *event)
{
	struct recipient *recipient;
	char reason[REASON_MAX];
	bool is_new;

	if (!message_counts(messages, message_root(messages, message)))
		return;
	messages->recipients.deferred_attempts++;
	ledger_bucket(
	    messages->ledger, messages->ledger->now, BUCKET_DEFERRED, 1);
	ledger_rank(messages->ledger, RANKING_DEFERRAL_REASONS,
	    reason_of(event->text, reason));
	if (!(message->flags & MESSAGE_DEFERRED))
		messages->deferred++;
	message->flags |= MESSAGE_DEFERRED;
	recipient = message_add_recipient(
	    messages, message, deferred_hash(event), &is_new);
	if (recipient == NULL)
		return;
	messages->recipients.deferred += is_new;
	messages->recipients.deferred_waiting += !recipient->is_waiting;
	recipient->is_waiting = 1;
}

static void
bounce(struct messages *messages, struct message *message,
    const struct event *event)
{
	char reason[REASON_MAX];

	settle(messages, message, event);
	if (!message_counts(messages, message_root(messages, message)))
		return;
	messages->recipients.bounced++;
	ledger_bucket(
	    messages->ledger, messages->ledger->now, BUCKET_BOUNCED, 1);
	ledger_rank(messages->ledger, RANKING_BOUNCE_REASONS,
	    reason_of(event->text, reason));
}

/*
 * The message lives on under another queue id of this host: what a content
 * filter brings back has the same message-id.
 */
static struct message *
find_successor(struct messages *messages, const struct message *message,
    const struct event *event)
{
	const unsigned with_id = message->flags & MESSAGE_HAS_ID;
	struct message *next = event->other_id.len > 0 ?
	    message_find_near(messages, event->other_id) :
	    NULL;

	if (next == NULL || next == message || next->session.process == 0)
		return NULL;
	if (with_id != 0 && (next->flags & MESSAGE_HAS_ID) &&
	    next->id != message->id)
		return NULL;
	return next;
}

static void
note_delivered(struct messages *messages, struct message *message,
    const struct event *event)
{
	struct message *root = message_root(messages, message);
	uint64_t hash = hash_text(event->original_recipient,
			    hash_text(event->recipient, DELIVERED_TO)) |
	    1;
	bool is_new;

	if (message_add_recipient(messages, root, hash, &is_new) == NULL)
		is_new = true;
	if (!is_new)
		return;
	message_contribute(messages, root, -1);
	root->delivered++;
	message_contribute(messages, root, 1);
	if (message_is_mail(root) && message_counts(messages, root))
		counts_add_lower(
		    &messages->ledger->rankings[RANKING_RECIPIENT_DOMAINS],
		    message_domain(event->recipient));
}

static void
note_accepted(struct messages *messages, struct message *message,
    const struct event *event)
{
	const struct message *root = message_root(messages, message);

	greylist_accepted(messages->greylist, root->network, root->sender,
	    event->original_recipient.len > 0 ? event->original_recipient :
						event->recipient);
}

static void
count_delays(struct messages *messages, struct message *message,
    const struct event *event)
{
	if (!event->has_delay ||
	    !message_counts(messages, message_root(messages, message)))
		return;
	for (int stage = 0; stage < DELAYS; stage++)
		percentiles_add(
		    &messages->ledger->delays[stage], event->delays[stage]);
}

static void
deliver(struct messages *messages, struct message *message,
    const struct event *event)
{
	struct message *next = find_successor(messages, message, event);

	settle(messages, message, event);
	count_delays(messages, message, event);
	if (next == NULL)
		note_delivered(messages, message, event);
	else
		message_continue(messages, next, message);
}

static void
forward(struct messages *messages, struct message *message,
    const struct event *event)
{
	struct message *next;

	settle(messages, message, event);
	messages->recipients.forwarded += message_counts(
	    messages, message_root(messages, message));
	if (event->other_id.len == 0 ||
	    bytes_equal(event->other_id, event->queue_id))
		return;
	next = message_begin_internal(messages, event->other_id);
	/* At the limit, the one may have pushed out the other. */
	message = message_find(messages, event->queue_id);
	if (message != NULL)
		message_continue(messages, next, message);
}

static void
discard(struct messages *messages, struct message *message,
    const struct event *event)
{
	settle(messages, message, event);
	messages->recipients.discarded += message_counts(
	    messages, message_root(messages, message));
}

/* All but probes: the message is one that was accepted. */
static bool is_of_mail(enum event_class class)
{
	return class == EVENT_DELIVER_SENT || class == EVENT_DELIVER_DEFERRED ||
	    class == EVENT_DELIVER_BOUNCED ||
	    class == EVENT_DELIVER_FORWARDED ||
	    class == EVENT_DELIVER_DISCARDED;
}

void
delivery_event(struct messages *messages, const struct event *event)
{
	struct message *message;

	if (!is_of_mail(event->class))
		return;
	message = message_need(messages, event);
	if (messages->greylist->triplets.count > 0)
		note_accepted(messages, message, event);
	if (event->class == EVENT_DELIVER_SENT)
		deliver(messages, message, event);
	else if (event->class == EVENT_DELIVER_DEFERRED)
		defer(messages, message, event);
	else if (event->class == EVENT_DELIVER_BOUNCED)
		bounce(messages, message, event);
	else if (event->class == EVENT_DELIVER_FORWARDED)
		forward(messages, message, event);
	else
		discard(messages, message, event);
}
