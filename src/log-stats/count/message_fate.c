/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
#include "message_fate.h"

enum {
	AHEAD_LIMIT = 1024, /* sessions with a fate for a message to come */
	HELD_LIMIT = 256    /* messages on hold, whose sessions are not over */
};

static uint64_t
process_hash(const struct messages *all)
{
	return hash_pair(
	    all->ledger->entry->pid, all->ledger->entry->writer->instance_hash);
}

/* Of header and body checks without a text of their own, what was checked: the
 * rest is the client's. */
static struct bytes
reason_of(const struct event *event)
{
	struct bytes text = event->text;
	const char *end;

	if (event->class != EVENT_CLEANUP_HOLD &&
	    event->class != EVENT_CLEANUP_DISCARD)
		return text;
	if (bytes_begin_with(text, bytes_of("header ")))
		end = memchr(text.data, ':', text.len);
	else if (bytes_begin_with(text, bytes_of("body ")))
		end = text.data + 4;
	else
		end = NULL;
	if (end != NULL)
		text.len = (size_t)(end - text.data);
	return text;
}

static uint64_t
rank_sender(struct messages *all, const struct event *event)
{
	return event->sender.len == 0 ?
	    0 :
	    ledger_rank_domain(
		all->ledger, RANKING_SENDER_DOMAINS, event->sender);
}

/* What took the mail has accepted it, whatever becomes of it then. */
static void
note_accepted(struct messages *all, const struct event *event)
{
	if (all->greylist->triplets.count > 0 && event->has_sender &&
	    event->recipient.len > 0 && event->client_address.len > 0)
		greylist_accepted(all->greylist,
		    greylist_network(all->greylist, event->client_address),
		    hash_lower(event->sender, 0), event->recipient);
}

/* Its session is told at its end; at the limit, at once. */
static void
await_session(struct messages *all, struct message *message)
{
	struct held_message *held;
	bool is_new;

	if (!(message->flags & MESSAGE_UNDECIDED))
		return;
	if (all->held_open.count >= HELD_LIMIT) {
		message_decide(all, message, SESSION_ACCEPTED);
		return;
	}
	held = table_add(
	    &all->held_open, sizeof(*held), message->hash, &is_new);
	held->process = message->session.process;
}

static void
hold(struct messages *all, const struct event *event)
{
	struct message *message = message_need(all, event);
	struct message *root = message_root(all, message);

	note_accepted(all, event);
	if (root->flags & MESSAGE_HELD)
		return;
	message_mark(all, root, MESSAGE_HELD);
	if (event->has_sender && root->sender == 0)
		root->sender = hash_lower(event->sender, 0);
	if (message_counts(all, root)) {
		root->hold_reason = ledger_rank_reason(
		    all->ledger, RANKING_HOLD_REASONS, reason_of(event));
		if (root->domain == 0)
			root->domain = rank_sender(all, event);
	}
	await_session(all, message);
}

void
message_unhold(struct messages *all, struct message *message)
{
	message_contribute(all, message, -1);
	message->flags &= ~(unsigned)MESSAGE_HELD;
	message_contribute(all, message, 1);
	ledger_take_back(
	    all->ledger, RANKING_HOLD_REASONS, &message->hold_reason);
}

void
message_untake(struct messages *all, struct message *message)
{
	if (message == NULL || !(message->flags & MESSAGE_HELD) ||
	    (message->flags & (MESSAGE_ACTIVE | MESSAGE_RELEASED)))
		return;
	message_unhold(all, message);
	ledger_take_back(all->ledger, RANKING_SENDER_DOMAINS, &message->domain);
}

static void
discard(struct messages *all, const struct event *event)
{
	struct message *message = message_need(all, event);

	note_accepted(all, event);
	message_untake(all, message);
	if (!(message->flags & MESSAGE_DISCARDED) &&
	    message_counts(all, message)) {
		all->swallowed++;
		ledger_rank_reason(
		    all->ledger, RANKING_DISCARD_REASONS, reason_of(event));
	}
	message_mark(all, message, MESSAGE_DISCARDED);
	message_decide(all, message, SESSION_DISCARDED);
}

static void
release(struct messages *all, const struct event *event)
{
	message_mark(
	    all, message_root(all, message_need(all, event)), MESSAGE_RELEASED);
}

static void delete (struct messages *all, const struct event *event)
{
	struct message *message = message_need(all, event);

	if (message->flags & MESSAGE_REMOVED)
		return;
	message_mark(all, message_root(all, message), MESSAGE_DELETED);
	message_decide(all, message,
	    message->flags & MESSAGE_HELD ? SESSION_ACCEPTED :
					    SESSION_CANCELED);
	message_settle_all(all, message);
	message_retire(all, message);
}

void
message_fate(struct messages *all, const struct event *event)
{
	switch (event->class) {
	case EVENT_SMTPD_DISCARD:
	case EVENT_SMTPD_MILTER_DISCARD:
	case EVENT_CLEANUP_DISCARD:
	case EVENT_CLEANUP_MILTER_DISCARD:
		discard(all, event);
		break;
	case EVENT_SMTPD_HOLD:
	case EVENT_SMTPD_MILTER_HOLD:
	case EVENT_CLEANUP_HOLD:
	case EVENT_CLEANUP_MILTER_HOLD:
	case EVENT_POSTSUPER_HOLD:
		hold(all, event);
		break;
	case EVENT_POSTSUPER_RELEASED:
		release(all, event);
		break;
	case EVENT_POSTSUPER_REMOVED:
		delete (all, event);
		break;
	default:
		break;
	}
}

/* The session's message is gone: it may have no queue id at all. */
static void
swallow(struct messages *all, const struct event *event)
{
	struct session *session = session_current(all->sessions);

	if (session != NULL)
		session_ends_message(all->sessions,
		    session_begins_message(all->sessions), SESSION_DISCARDED);
	all->discarded++;
	all->swallowed++;
	ledger_rank_reason(all->ledger, RANKING_DISCARD_REASONS, event->text);
}

static bool
session_is_wanted(const struct messages *all)
{
	const struct session *session = session_current(all->sessions);

	return all->ledger->settings->service == SERVICE_ALL ||
	    (session != NULL &&
		session_set_in_service(
		    all->ledger, session_set_of(session->flags)));
}

/* What was said of a message that never came. */
static bool
take_back(const void *entry, void *argument)
{
	struct messages *all = argument;
	struct fate_ahead ahead = *(const struct fate_ahead *)entry;

	ledger_take_back(all->ledger, RANKING_HOLD_REASONS, &ahead.hold_reason);
	ledger_take_back(all->ledger, RANKING_SENDER_DOMAINS, &ahead.domain);
	return false;
}

uint64_t
message_fate_held_ahead(const struct messages *all)
{
	const struct fate_ahead *ahead;
	uint64_t held = 0;
	size_t at = 0;

	while ((ahead = table_next(&all->ahead, &at)) != NULL)
		held += ahead->hold_reason != 0;
	return held;
}

void
message_fate_ahead(struct messages *all, const struct event *event)
{
	const bool discards = event->class == EVENT_SMTPD_DISCARD ||
	    event->class == EVENT_SMTPD_MILTER_DISCARD;
	const unsigned flag = discards ? MESSAGE_DISCARDED : MESSAGE_HELD;
	const uint64_t sender = hash_lower(event->sender, 0);
	struct fate_ahead *ahead;
	bool is_new;

	note_accepted(all, event);
	if (!session_is_wanted(all))
		return;
	if (all->ahead.count >= AHEAD_LIMIT)
		table_filter(&all->ahead, take_back, all);
	ahead = table_add(
	    &all->ahead, sizeof(*ahead), process_hash(all), &is_new);
	/* Another recipient of the same message. */
	if ((ahead->flags & flag) &&
	    (ahead->sender == sender || !event->has_sender))
		return;
	ahead->flags |= flag;
	ahead->sender = sender;
	if (discards) {
		swallow(all, event);
		return;
	}
	ledger_take_back(
	    all->ledger, RANKING_HOLD_REASONS, &ahead->hold_reason);
	ledger_take_back(all->ledger, RANKING_SENDER_DOMAINS, &ahead->domain);
	ahead->hold_reason = ledger_rank_reason(
	    all->ledger, RANKING_HOLD_REASONS, event->text);
	ahead->domain = rank_sender(all, event);
}

void
message_fate_arrives(struct messages *all, struct message *message)
{
	struct fate_ahead *found, ahead;

	if (all->ahead.count == 0)
		return;
	found = table_find(&all->ahead, process_hash(all));
	if (found == NULL)
		return;
	ahead = *found;
	table_remove(&all->ahead, found);
	if (ahead.flags & MESSAGE_HELD) {
		message->hold_reason = ahead.hold_reason;
		message->domain = ahead.domain;
		message_mark(all, message, MESSAGE_HELD);
	}
	if (ahead.flags & MESSAGE_DISCARDED) {
		all->discarded--; /* it was counted without its message */
		message_untake(all, message);
		message_mark(all, message, MESSAGE_DISCARDED);
		message_decide(all, message, SESSION_DISCARDED);
	} else
		await_session(all, message);
}

struct ending {
	struct messages *all;
	uint64_t process;
};

static bool
accept_held(const void *entry, void *argument)
{
	const struct held_message *held = entry;
	const struct ending *ending = argument;
	struct message *message;

	if (held->process != ending->process)
		return true;
	message = message_of_hash(ending->all, held->hash);
	if (message != NULL)
		message_decide(ending->all, message, SESSION_ACCEPTED);
	return false;
}

void
message_fate_session_ends(struct messages *all)
{
	struct ending ending;
	struct fate_ahead *ahead;

	if (all->held_open.count == 0 && all->ahead.count == 0)
		return;
	ending = (struct ending){ all, process_hash(all) };
	table_filter(&all->held_open, accept_held, &ending);
	ahead = table_find(&all->ahead, ending.process);
	if (ahead == NULL)
		return;
	take_back(ahead, all);
	table_remove(&all->ahead, ahead);
}
