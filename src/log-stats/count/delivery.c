/* SPDX-License-Identifier: BSD-2-Clause */
#include "delivery.h"
#include "greylist.h"
#include "log-stats/event/reason.h"
#include "log-stats/tables/hash.h"
#include "message_life.h"

/* Recipients are kept under hashes of two kinds. */
enum { DELIVERED_TO = 11, DEFERRED_TO = 12 };

static uint64_t
deferred_hash(const struct event *event)
{
	return hash_text(event->recipient, DEFERRED_TO) & ~UINT64_C(1);
}

/* Delivered or failed: it waits no longer. */
static void
settle(struct tally *tally, struct message *message, const struct event *event)
{
	struct recipient *recipient = message_recipient(
	    message, deferred_hash(event));

	if (recipient != NULL)
		message_stop_waiting(recipient, tally);
}

static void
defer(struct tally *tally, struct message *message, const struct event *event)
{
	struct recipient *recipient;
	char reason[REASON_MAX];
	bool is_new;

	if (!message_counts(tally, message_root(tally, message)))
		return;
	tally->recipients.deferred_attempts++;
	message_add_to_bucket(tally, tally_now(tally), BUCKET_DEFERRED, 1);
	counts_add(&tally->lists[LIST_DEFERRAL_REASONS],
	    reason_of(event->text, reason), 1);
	if (!(message->flags & MESSAGE_DEFERRED))
		tally->messages.deferred++;
	message->flags |= MESSAGE_DEFERRED;
	recipient = message_add_recipient(
	    tally, message, deferred_hash(event), &is_new);
	if (recipient == NULL)
		return;
	tally->recipients.deferred += is_new;
	tally->recipients.deferred_waiting += !recipient->is_waiting;
	recipient->is_waiting = 1;
}

static void
bounce(struct tally *tally, struct message *message, const struct event *event)
{
	char reason[REASON_MAX];

	settle(tally, message, event);
	if (!message_counts(tally, message_root(tally, message)))
		return;
	tally->recipients.bounced++;
	message_add_to_bucket(tally, tally_now(tally), BUCKET_BOUNCED, 1);
	counts_add(&tally->lists[LIST_BOUNCE_REASONS],
	    reason_of(event->text, reason), 1);
}

/*
 * The message lives on under another queue id of this host: what a content
 * filter brings back has the same message-id.
 */
static struct message *
find_successor(struct tally *tally, const struct message *message,
    const struct event *event)
{
	const unsigned with_id = message->flags & MESSAGE_HAS_ID;
	struct message *next = event->other_id.len > 0 ?
	    message_find_near(tally, event->other_id) :
	    NULL;

	if (next == NULL || next == message || next->session.process == 0)
		return NULL;
	if (with_id != 0 && (next->flags & MESSAGE_HAS_ID) &&
	    next->id != message->id)
		return NULL;
	return next;
}

static void
note_delivered(
    struct tally *tally, struct message *message, const struct event *event)
{
	struct message *root = message_root(tally, message);
	uint64_t hash = hash_text(event->original_recipient,
			    hash_text(event->recipient, DELIVERED_TO)) |
	    1;
	bool is_new;

	if (message_add_recipient(tally, root, hash, &is_new) == NULL)
		is_new = true;
	if (!is_new)
		return;
	message_contribute(tally, root, -1);
	root->delivered++;
	message_contribute(tally, root, 1);
	if (message_is_mail(root) && message_counts(tally, root))
		counts_add_lower(&tally->lists[LIST_RECIPIENT_DOMAINS],
		    message_domain(event->recipient));
}

static void
note_accepted(
    struct tally *tally, struct message *message, const struct event *event)
{
	const struct message *root = message_root(tally, message);

	greylist_accepted(tally, root->network, root->sender,
	    event->original_recipient.len > 0 ? event->original_recipient :
						event->recipient);
}

static void
count_delays(
    struct tally *tally, struct message *message, const struct event *event)
{
	if (!event->has_delay ||
	    !message_counts(tally, message_root(tally, message)))
		return;
	for (int stage = 0; stage < DELAYS; stage++)
		percentiles_add(&tally->delays[stage], event->delays[stage]);
}

static void
deliver(struct tally *tally, struct message *message, const struct event *event)
{
	struct message *next = find_successor(tally, message, event);

	settle(tally, message, event);
	count_delays(tally, message, event);
	if (next == NULL)
		note_delivered(tally, message, event);
	else
		message_continue(tally, next, message);
}

static void
forward(struct tally *tally, struct message *message, const struct event *event)
{
	struct message *next;

	settle(tally, message, event);
	tally->recipients.forwarded += message_counts(
	    tally, message_root(tally, message));
	if (event->other_id.len == 0 ||
	    bytes_equal(event->other_id, event->queue_id))
		return;
	next = message_begin_internal(tally, event->other_id);
	/* At the limit, the one may have pushed out the other. */
	message = message_find(tally, event->queue_id);
	if (message != NULL)
		message_continue(tally, next, message);
}

static void
discard(struct tally *tally, struct message *message, const struct event *event)
{
	settle(tally, message, event);
	tally->recipients.discarded += message_counts(
	    tally, message_root(tally, message));
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
delivery_event(struct tally *tally, const struct event *event)
{
	struct message *message;

	if (!is_of_mail(event->class))
		return;
	message = message_need(tally, event);
	if (tally->greylist.triplets.count > 0)
		note_accepted(tally, message, event);
	if (event->class == EVENT_DELIVER_SENT)
		deliver(tally, message, event);
	else if (event->class == EVENT_DELIVER_DEFERRED)
		defer(tally, message, event);
	else if (event->class == EVENT_DELIVER_BOUNCED)
		bounce(tally, message, event);
	else if (event->class == EVENT_DELIVER_FORWARDED)
		forward(tally, message, event);
	else
		discard(tally, message, event);
}
