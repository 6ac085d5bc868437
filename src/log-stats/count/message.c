/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
#include "message.h"

/* A filter before the queue brings the mail of another's session. */
static struct bytes
client_of(const struct event *event)
{
	return event->original_client.len > 0 ? event->original_client :
						event->client_address;
}

static enum arrival
arrival_from_client(struct messages *messages, const struct message *message,
    const struct event *event)
{
	if (event->has_sasl || messages->ledger->entry->writer->is_submission ||
	    session_is_submission(messages->sessions, message->session))
		return ARRIVAL_SUBMITTED;
	return session_is_loopback(client_of(event)) ? ARRIVAL_SUBMITTED :
						       ARRIVAL_MX;
}

static void
from_client(struct messages *messages, const struct event *event)
{
	struct message *message = message_begin(messages, event->queue_id);
	struct message *root = message_find_near(messages, event->other_id);

	message->session = session_begins_message(messages->sessions, event);
	message->flags |= MESSAGE_UNDECIDED;
	message->network = greylist_network(
	    messages->greylist, client_of(event));
	if (root != NULL && root != message)
		message_continue(messages, message, root);
	else if (event->other_id.len > 0)
		message->arrival = ARRIVAL_CONTINUED;
	else
		message->arrival = arrival_from_client(
		    messages, message, event);
}

void
message_accepted_by_proxy(struct messages *messages, struct bytes queue_id,
    uint64_t network, bool is_submission)
{
	struct message *message = message_find_near(messages, queue_id);

	if (message == NULL || message->root != NULL ||
	    (message->arrival != ARRIVAL_MX &&
		message->arrival != ARRIVAL_SUBMITTED))
		return;
	message_set_arrival(
	    messages, message, is_submission ? ARRIVAL_SUBMITTED : ARRIVAL_MX);
	message->network = network;
}

static void
from_pickup(struct messages *messages, const struct event *event)
{
	struct message *message = message_begin(messages, event->queue_id);
	struct message *root = message_find_near(messages, event->other_id);

	message->arrival = event->is_requeued ? ARRIVAL_CONTINUED :
						ARRIVAL_LOCAL;
	if (root != NULL && root != message)
		message_continue(messages, message, root);
}

/* Without a client or pickup before it: Postfix' own, or begun before. */
static void
note_message_id(struct messages *messages, const struct event *event)
{
	struct message *message = message_find(messages, event->queue_id);

	if (event->is_resent)
		return;
	if (message == NULL)
		message = message_adopt(messages, event->queue_id);
	message_has_queue(messages);
	if (message == NULL ||
	    (message->flags &
		(MESSAGE_REMOVED | MESSAGE_ACTIVE | MESSAGE_HAS_ID))) {
		message = message_begin(messages, event->queue_id);
		message->arrival = ARRIVAL_INTERNAL;
	}
	message->flags |= MESSAGE_HAS_ID;
	message->id = hash_text(event->text, 0);
}

static void
become_active(struct messages *messages, const struct event *event)
{
	struct message *message = message_find(messages, event->queue_id);

	if (message != NULL && (message->flags & MESSAGE_REMOVED)) {
		message_forget(messages, message);
		message = NULL;
	}
	if (message == NULL)
		message = message_new(messages, event->queue_id);
	if (message->flags & MESSAGE_ACTIVE)
		return;
	if (message->arrival == ARRIVAL_INTERNAL && event->is_double_bounce)
		message->arrival = ARRIVAL_NOTICE;
	message_contribute(messages, message, -1);
	message->flags |= MESSAGE_ACTIVE;
	message_contribute(messages, message, 1);
	message->sender = hash_lower(event->sender, 0);
	if (message_is_mail(message) && message->arrival != ARRIVAL_CONTINUED &&
	    event->sender.len > 0 && message_counts(messages, message))
		ledger_rank_domain(
		    messages->ledger, RANKING_SENDER_DOMAINS, event->sender);
	message_decide(messages, message,
	    message->arrival == ARRIVAL_CONTINUED ? SESSION_CANCELED :
						    SESSION_ACCEPTED);
}

/* "Q1: sender non-delivery notification: Q2": before or after Q2's lines. */
static void
note_notice(struct messages *messages, const struct event *event)
{
	struct message *notice = message_find(messages, event->other_id);

	if (notice != NULL && notice->arrival == ARRIVAL_NOTICE &&
	    !(notice->flags & MESSAGE_REMOVED))
		return;
	message_set_arrival(messages,
	    message_begin_internal(messages, event->other_id), ARRIVAL_NOTICE);
}

static void
expire(struct messages *messages, const struct event *event)
{
	struct message *message = message_need(messages, event);

	message_each_recipient(message, message_stop_waiting, messages);
	if (message_counts(messages, message_root(messages, message)))
		messages->expired++;
}

static void
remove_message(struct messages *messages, const struct event *event)
{
	struct message *message = message_find(messages, event->queue_id);

	if (message == NULL || (message->flags & MESSAGE_REMOVED))
		return;
	message_decide(messages, message, SESSION_CANCELED);
	message_each_recipient(message, message_stop_waiting, messages);
	message_retire(messages, message);
}

/* Refused after its client said all: by cleanup, a milter, or a limit. */
static void
refuse(struct messages *messages, const struct event *event)
{
	struct message *message = message_find(messages, event->queue_id);

	if (message == NULL || !(message->flags & MESSAGE_UNDECIDED))
		return;
	if (message_in_service(messages, message)) {
		messages->sessions->content_rejects++;
		ledger_row(messages->ledger, ROW_SMTPD, UNIT_RECIPIENT);
	}
	message_decide(messages, message, SESSION_REFUSED);
}

static void
decide(struct messages *messages, const struct event *event,
    enum session_outcome outcome)
{
	struct message *message = message_find(messages, event->queue_id);

	if (message != NULL)
		message_decide(messages, message, outcome);
}

void
message_event(struct messages *messages, const struct event *event)
{
	switch (event->class) {
	case EVENT_SMTPD_CLIENT:
		from_client(messages, event);
		break;
	case EVENT_PICKUP_MSG:
		from_pickup(messages, event);
		break;
	case EVENT_CLEANUP_MESSAGE_ID:
		note_message_id(messages, event);
		break;
	case EVENT_QMGR_ACTIVE:
		become_active(messages, event);
		break;
	case EVENT_QMGR_EXPIRED:
		expire(messages, event);
		break;
	case EVENT_QMGR_REMOVED:
	case EVENT_CLEANUP_REMOVED:
	case EVENT_POSTSUPER_REMOVED:
		remove_message(messages, event);
		break;
	case EVENT_CLEANUP_REJECT:
	case EVENT_CLEANUP_MILTER_REJECT:
		refuse(messages, event);
		break;
	case EVENT_SMTPD_REJECT:
	case EVENT_SMTPD_MILTER_REJECT:
		if (event->refuses_message)
			decide(messages, event, SESSION_REFUSED);
		break;
	case EVENT_CLEANUP_DISCARD:
	case EVENT_CLEANUP_MILTER_DISCARD:
		decide(messages, event, SESSION_CANCELED);
		break;
	case EVENT_BOUNCE_NDN:
	case EVENT_BOUNCE_DELAY:
	case EVENT_BOUNCE_DSN_SUCCESS:
	case EVENT_BOUNCE_POSTMASTER:
		note_notice(messages, event);
		break;
	case EVENT_WARNING:
		if (event->refuses_message)
			decide(messages, event, SESSION_CANCELED);
		break;
	default:
		break;
	}
}
