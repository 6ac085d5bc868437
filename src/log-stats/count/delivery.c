/* SPDX-License-Identifier: BSD-2-Clause */
#include "delivery.h"
#include "log-stats/tables/hash.h"
#include "message_link.h"

/* Recipients are kept under hashes of two kinds: odd for those delivered to,
 * even for those who wait. These are their seeds. */
enum { DELIVERED_TO = 11, DEFERRED_TO = 12 };

/* One line about one recipient. */
struct delivery {
	struct messages *all;
	struct message *message;
	struct message *root; /* under which it counts */
	const struct event *event;
	bool counts;
};

static uint64_t
deferred_hash(const struct event *event)
{
	return hash_text(event->recipient, DEFERRED_TO) & ~UINT64_C(1);
}

static void
count_failure(const struct delivery *delivery, enum bucket_column column,
    enum ranking ranking)
{
	struct ledger *ledger = delivery->all->ledger;

	ledger_bucket(ledger, ledger->now, column, 1);
	ledger_rank_reason(ledger, ranking, delivery->event->text);
}

static void
defer(const struct delivery *delivery)
{
	struct messages *all = delivery->all;
	const uint64_t hash = deferred_hash(delivery->event);
	struct recipient *recipient;
	bool is_new;

	all->recipients.deferred_attempts++;
	count_failure(delivery, BUCKET_DEFERRED, RANKING_DEFERRAL_REASONS);
	if (!(delivery->root->flags & MESSAGE_DEFERRED))
		all->deferred++;
	delivery->root->flags |= MESSAGE_DEFERRED;
	recipient = message_add_recipient(
	    all, delivery->message, hash, &is_new);
	if (recipient == NULL)
		return;
	/* It waits at one of the queue ids, and is one of the message's. */
	if (is_new && delivery->root != delivery->message) {
		message_add_recipient(all, delivery->root, hash, &is_new);
		recipient = message_recipient(delivery->message, hash);
	}
	all->recipients.deferred += is_new;
	all->recipients.deferred_waiting += !recipient->is_waiting;
	recipient->is_waiting = 1;
}

static void
deliver(const struct delivery *delivery)
{
	struct messages *all = delivery->all;
	struct message *root = delivery->root;
	const struct event *event = delivery->event;
	struct message *next = message_link_successor(
	    all, delivery->message, event);
	uint64_t hash, domain = 0;
	bool is_new;

	if (event->has_delay && delivery->counts)
		for (int stage = 0; stage < DELAYS; stage++)
			if (event->delays[stage] >= 0)
				percentiles_add(&all->ledger->delays[stage],
				    event->delays[stage]);
	if (next != NULL)
		message_link(all, next, delivery->message);
	if (next != NULL || message_link_is_leg(all, delivery->message, event))
		return;
	hash = hash_text(event->original_recipient,
		   hash_text(event->recipient, DELIVERED_TO)) |
	    1;
	if (message_add_recipient(all, root, hash, &is_new) != NULL && !is_new)
		return;
	message_contribute(all, root, -1);
	root->delivered++;
	message_contribute(all, root, 1);
	if (delivery->counts && message_is_mail(root))
		domain = ledger_rank_domain(
		    all->ledger, RANKING_RECIPIENT_DOMAINS, event->recipient);
	message_link_remember(all, delivery->message, event, hash, domain);
}

/* Thrown away by discard(8), by local(8), or by a filter. */
static void
discard(const struct delivery *delivery)
{
	struct messages *all = delivery->all;

	message_contribute(all, delivery->root, -1);
	delivery->root->discarded++;
	message_contribute(all, delivery->root, 1);
	if (!delivery->counts)
		return;
	all->recipients.discarded++;
	ledger_rank_reason(delivery->all->ledger, RANKING_DISCARD_REASONS,
	    delivery->event->text);
}

/* local(8) has made a new message of it. */
static void
forward(const struct delivery *delivery)
{
	struct messages *all = delivery->all;
	const struct event *event = delivery->event;
	struct message *message, *next;

	if (event->other_id.len == 0 ||
	    bytes_equal(event->other_id, event->queue_id))
		return;
	next = message_begin_internal(all, event->other_id, false);
	/* At the limit, the new one may have pushed out the old. */
	message = message_find(all, event->queue_id);
	if (message != NULL)
		message_continue(all, next, message);
}

void
delivery_event(struct messages *all, const struct event *event)
{
	struct delivery delivery = { .all = all, .event = event };

	/* Probes of addresses, and what would have bounced. */
	if (event->class == EVENT_DELIVER_DELIVERABLE ||
	    event->class == EVENT_DELIVER_UNDELIVERABLE ||
	    event->class == EVENT_DELIVER_UNCACHED ||
	    event->class == EVENT_DELIVER_SOFTBOUNCE)
		return;
	delivery.message = message_find(all, event->queue_id);
	if (delivery.message == NULL) {
		delivery.message = message_new(all, event->queue_id);
		message_link_awaited(all, delivery.message);
	}
	delivery.message->flags |= MESSAGE_HAS_FATE;
	delivery.root = message_root(all, delivery.message);
	delivery.counts = message_counts(all, delivery.root);
	if (all->greylist->triplets.count > 0)
		greylist_accepted(all->greylist, delivery.root->network,
		    delivery.root->sender,
		    event->original_recipient.len > 0 ?
			event->original_recipient :
			event->recipient);
	/* Delivered or failed, the recipient waits no longer. */
	if (event->class != EVENT_DELIVER_DEFERRED)
		message_settle(all,
		    message_recipient(delivery.message, deferred_hash(event)));
	switch (event->class) {
	case EVENT_DELIVER_SENT:
		if (message_link_is_pipe(all))
			message_link_pipe(all, delivery.message);
		deliver(&delivery);
		break;
	case EVENT_DELIVER_DEFERRED:
		if (delivery.counts)
			defer(&delivery);
		break;
	case EVENT_DELIVER_BOUNCED:
		message_mark(all, delivery.root, MESSAGE_OTHER_FATE);
		all->recipients.bounced += delivery.counts;
		if (delivery.counts)
			count_failure(
			    &delivery, BUCKET_BOUNCED, RANKING_BOUNCE_REASONS);
		break;
	case EVENT_DELIVER_FORWARDED:
		message_mark(all, delivery.root, MESSAGE_OTHER_FATE);
		all->recipients.forwarded += delivery.counts;
		forward(&delivery);
		break;
	default:
		discard(&delivery);
		break;
	}
}
