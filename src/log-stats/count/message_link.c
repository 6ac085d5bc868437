/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
#include "message_fate.h"
#include "message_link.h"

/* How many of one message-id are looked at, and for how long after pipe(8). */
enum { SAME_ID_MAX = 64, PIPED_SECONDS = 60 };

/* The address in "name[address]:port"; empty: there is none. */
static struct bytes
relay_address(const struct event *event)
{
	const struct bytes relay = event->relay;
	const char *open = memchr(
	    relay.len == 0 ? "" : relay.data, '[', relay.len);
	const char *close;
	struct bytes inside;

	if (open == NULL)
		return (struct bytes){ NULL, 0 };
	inside = bytes_from(relay, (size_t)(open + 1 - relay.data));
	close = memchr(inside.data, ']', inside.len);
	inside.len = close == NULL ? 0 : (size_t)(close - inside.data);
	return inside;
}

static bool
names_filter(struct bytes text)
{
	return memmem(text.data, text.len, "from MTA(", 9) != NULL;
}

/*
 * A host elsewhere may have a queue id that is in use here, too. What a filter
 * brings back comes from where it was sent to, or has the same message-id; a
 * filter may add one that was missing.
 */
static bool
may_be_brought_back(const struct message *message, const struct message *next,
    const struct event *event)
{
	const struct bytes relay = relay_address(event);

	if (session_is_loopback(relay))
		return true;
	return next->client != 0 &&
	    (next->id == message->id || message->id == 0 ||
		next->client == hash_text(relay, 0) ||
		names_filter(event->text));
}

void
message_link_undo(struct messages *all, struct message *message)
{
	if (message->root == NULL || !(message->flags & MESSAGE_PRESUMED) ||
	    (message->flags & MESSAGE_HAS_FATE))
		return;
	message->flags &= ~(unsigned)MESSAGE_PRESUMED;
	message_detach(all, message);
	message_set_arrival(all, message, ARRIVAL_SUBMITTED);
}

void
message_link(
    struct messages *all, struct message *message, struct message *before)
{
	if (message_root(all, before) != message)
		message_link_undo(all, message);
	message_continue(all, message, before);
	before->flags |= MESSAGE_FILTERED;
	before->filter = message->client;
}

/* The recipient counts where the message goes on. */
static void
take_back(struct messages *all, struct message *message, const struct leg *leg)
{
	struct message *root = message_root(all, message);
	struct recipient *recipient = message_recipient(root, leg->recipient);
	uint64_t domain = leg->domain;

	if (recipient == NULL || leg->recipient == 0)
		return;
	message_contribute(all, root, -1);
	message_remove_recipient(all, root, recipient);
	root->delivered--;
	message_contribute(all, root, 1);
	ledger_take_back(all->ledger, RANKING_RECIPIENT_DOMAINS, &domain);
}

static void
take_back_piped(struct messages *all, struct message *message)
{
	bool is_known = false;

	for (size_t i = 0; i < MESSAGE_LEGS; i++) {
		struct leg *leg = &all->piped[i];

		if (leg->message != message->hash)
			continue;
		take_back(all, message, leg);
		leg->message = 0;
		is_known = true;
	}
	all->recipients.dropped += !is_known &&
	    !(message->flags & MESSAGE_FILTERED);
}

void
message_link_remember(struct messages *all, const struct message *message,
    const struct event *event, uint64_t recipient, uint64_t domain)
{
	const struct leg leg = { .message = message->hash,
		.recipient = recipient,
		.domain = domain };
	struct leg *awaited;
	bool is_new;

	if (message_link_is_pipe(all))
		all->piped[all->piped_count++ % MESSAGE_LEGS] = leg;
	if (event->other_id.len == 0 ||
	    !session_is_loopback(relay_address(event)))
		return;
	if (all->awaited.count >= MESSAGE_LEGS)
		table_free(&all->awaited);
	awaited = table_add(&all->awaited, sizeof(*awaited),
	    hash_text(
		event->other_id, all->ledger->entry->writer->instance_hash),
	    &is_new);
	awaited->message = leg.message;
	awaited->recipient = leg.recipient;
	awaited->domain = leg.domain;
}

void
message_link_awaited(struct messages *all, struct message *message)
{
	struct message *before;
	struct leg *found, leg;

	found = table_find(&all->awaited, message->hash);
	if (found == NULL)
		return;
	leg = *found;
	table_remove(&all->awaited, found);
	before = message_of_hash(all, leg.message);
	if (before == NULL)
		return;
	take_back(all, before, &leg);
	message_link(all, message, before);
}

/* One that is in the queue and has this message-id; of several, the oldest of
 * those that were brought back least often. */
static struct message *
find_filtered(struct messages *all, const struct message *message)
{
	struct message *found = NULL, *other = NULL;
	unsigned least = 0, looked_at = 0;

	while (looked_at++ < SAME_ID_MAX &&
	    (other = message_same_id(all, message->id, other)) != NULL) {
		const struct message *root = message_root(all, other);

		if (root == message || (other->flags & MESSAGE_REMOVED) ||
		    (found != NULL && root->children > least))
			continue;
		found = other;
		least = root->children;
	}
	return found;
}

/* One that pipe(8) has delivered a short while ago. */
static struct message *
find_piped(struct messages *all, const struct message *message)
{
	struct message *other = NULL;
	unsigned looked_at = 0;

	while (looked_at++ < SAME_ID_MAX &&
	    (other = message_same_id(all, message->id, other)) != NULL)
		if (other != message && other->sender == message->sender &&
		    other->is_piped &&
		    other->piped + PIPED_SECONDS >= all->ledger->now)
			return other;
	return NULL;
}

void
message_link_by_id(struct messages *all, struct message *message)
{
	struct message *before;

	if (message->id == 0 || message->root != NULL)
		return;
	if (message->flags & MESSAGE_FROM_FILTER) {
		before = find_filtered(all, message);
		if (before == NULL)
			return;
		message_link(all, message, before);
		message->flags |= MESSAGE_PRESUMED;
	} else if (message->arrival == ARRIVAL_LOCAL) {
		before = find_piped(all, message);
		if (before == NULL)
			return;
		take_back_piped(all, before);
		message_link(all, message, before);
	}
}

bool
message_link_is_pipe(const struct messages *all)
{
	return bytes_equal(
	    all->ledger->entry->writer->program, bytes_of("pipe"));
}

void
message_link_pipe(struct messages *all, struct message *message)
{
	struct message *other = NULL;
	unsigned looked_at = 0;

	message->piped = all->ledger->now;
	message->is_piped = true;
	if (message->id == 0)
		return;
	while (looked_at++ < SAME_ID_MAX &&
	    (other = message_same_id(all, message->id, other)) != NULL &&
	    other != message)
		if (other->arrival == ARRIVAL_LOCAL && other->root == NULL &&
		    other->sender == message->sender)
			message_link(all, other, message);
}

bool
message_link_is_leg(const struct messages *all, const struct message *message,
    const struct event *event)
{
	struct bytes relay;

	if (!(message->flags & MESSAGE_FILTERED))
		return false;
	relay = relay_address(event);
	return message_link_is_pipe(all) || session_is_loopback(relay) ||
	    (message->filter != 0 && message->filter == hash_text(relay, 0));
}

struct message *
message_link_successor(struct messages *all, const struct message *message,
    const struct event *event)
{
	struct message *next = message_find_near(all, event->other_id);

	if (next == NULL || next == message ||
	    (message->arrival != ARRIVAL_BEFORE &&
		next->seconds < message->seconds) ||
	    !may_be_brought_back(message, next, event))
		return NULL;
	return next;
}

void
message_link_requeued(struct messages *all, const struct event *event)
{
	struct message *message = message_find_near(all, event->queue_id);
	struct message *next;

	if (message == NULL || (message->flags & MESSAGE_REMOVED))
		return;
	if (message->flags & MESSAGE_HELD)
		message_unhold(all, message);
	message_mark(all, message, MESSAGE_ACTIVE);
	message_decide(all, message, SESSION_ACCEPTED);
	next = message_find_near(all, event->other_id);
	if (next != NULL && (next->flags & MESSAGE_REMOVED)) {
		message_forget(all, next);
		next = NULL;
	}
	if (next == NULL)
		next = message_new_near(all, event->queue_id, event->other_id);
	/* At the limit, the new one may have pushed out the old. */
	message = message_find_near(all, event->queue_id);
	if (message == NULL || next == NULL)
		return;
	message_link(all, next, message);
	message_retire(all, message);
}
