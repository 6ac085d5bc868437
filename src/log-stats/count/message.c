/* SPDX-License-Identifier: BSD-2-Clause */
#include "delivery.h"
#include "greylist.h"
#include "log-stats/tables/hash.h"
#include "message.h"
#include "message_life.h"

/* A filter before the queue brings the mail of another's session. */
static enum message_origin
origin_of_client(struct tally *tally, const struct message *message,
    const struct event *event)
{
	if (event->has_sasl || tally->entry->writer->is_submission ||
	    session_is_submission(tally, message->session))
		return ORIGIN_SUBMITTED;
	if (event->original_client.len > 0)
		return session_is_loopback(event->original_client) ?
		    ORIGIN_SUBMITTED :
		    ORIGIN_MX;
	return session_is_loopback(event->client_address) ? ORIGIN_SUBMITTED :
							    ORIGIN_MX;
}

static void
from_client(struct tally *tally, const struct event *event)
{
	struct message *message = message_begin(tally, event->queue_id);
	struct message *root = event->other_id.len > 0 ?
	    message_find_near(tally, event->other_id) :
	    NULL;

	message->session = session_begins_message(tally, event);
	message->flags |= MESSAGE_UNDECIDED;
	message->network = greylist_network(tally,
	    event->original_client.len > 0 ? event->original_client :
					     event->client_address);
	if (root != NULL && root != message)
		message_continue(tally, message, root);
	else if (event->other_id.len > 0)
		message->origin = ORIGIN_CONTINUED;
	else
		message->origin = origin_of_client(tally, message, event);
}

void
message_accepted_by_proxy(struct tally *tally, struct bytes queue_id,
    uint64_t network, bool is_submission)
{
	struct message *message = queue_id.len > 0 ?
	    message_find_near(tally, queue_id) :
	    NULL;

	if (message == NULL || message->root != NULL ||
	    (message->origin != ORIGIN_MX &&
		message->origin != ORIGIN_SUBMITTED))
		return;
	message_set_origin(
	    tally, message, is_submission ? ORIGIN_SUBMITTED : ORIGIN_MX);
	message->network = network;
}

static void
from_pickup(struct tally *tally, const struct event *event)
{
	struct message *message = message_begin(tally, event->queue_id);
	struct message *root = event->is_requeued ?
	    message_find_near(tally, event->other_id) :
	    NULL;

	message->origin = ORIGIN_LOCAL;
	if (event->is_requeued)
		message->origin = ORIGIN_CONTINUED;
	if (root != NULL && root != message)
		message_continue(tally, message, root);
}

/* Without a client or pickup before it: Postfix' own, or begun before. */
static void
note_message_id(struct tally *tally, const struct event *event)
{
	struct message *message = message_find(tally, event->queue_id);

	if (event->is_resent)
		return;
	if (message == NULL)
		message = message_adopt(tally, event->queue_id);
	message_has_queue(tally);
	if (message == NULL ||
	    (message->flags &
		(MESSAGE_REMOVED | MESSAGE_ACTIVE | MESSAGE_HAS_ID))) {
		message = message_begin(tally, event->queue_id);
		message->origin = ORIGIN_INTERNAL;
	}
	message->flags |= MESSAGE_HAS_ID;
	message->id = hash_text(event->text, 0);
}

static bool
is_double_bounce(struct bytes sender)
{
	const struct bytes front = { "double-bounce@", 14 };

	return bytes_begin_with(sender, front);
}

static void
become_active(struct tally *tally, const struct event *event)
{
	struct message *message = message_find(tally, event->queue_id);

	if (message != NULL && (message->flags & MESSAGE_REMOVED)) {
		message_forget(tally, message);
		message = NULL;
	}
	if (message == NULL)
		message = message_new(tally, event->queue_id);
	if (message->flags & MESSAGE_ACTIVE)
		return;
	if (message->origin == ORIGIN_INTERNAL &&
	    is_double_bounce(event->sender))
		message->origin = ORIGIN_NOTICE;
	message_contribute(tally, message, -1);
	message->flags |= MESSAGE_ACTIVE;
	message_contribute(tally, message, 1);
	message->sender = hash_lower(event->sender, 0);
	if (message_is_mail(message) && message->origin != ORIGIN_CONTINUED &&
	    event->sender.len > 0 && message_counts(tally, message))
		counts_add_lower(&tally->lists[LIST_SENDER_DOMAINS],
		    message_domain(event->sender));
	message_decide(tally, message,
	    message->origin == ORIGIN_CONTINUED ? SESSION_CANCELED :
						  SESSION_ACCEPTED);
}

/* "Q1: sender non-delivery notification: Q2": before or after Q2's lines. */
static void
note_notice(struct tally *tally, const struct event *event)
{
	struct message *notice = message_find(tally, event->other_id);

	if (notice != NULL && notice->origin == ORIGIN_NOTICE &&
	    !(notice->flags & MESSAGE_REMOVED))
		return;
	message_set_origin(tally,
	    message_begin_internal(tally, event->other_id), ORIGIN_NOTICE);
}

static void
expire(struct tally *tally, const struct event *event)
{
	struct message *message = message_need(tally, event);

	message_each_recipient(message, message_stop_waiting, tally);
	if (message_counts(tally, message_root(tally, message)))
		tally->messages.expired++;
}

static void
remove_message(struct tally *tally, const struct event *event)
{
	struct message *message = message_find(tally, event->queue_id);

	if (message == NULL || (message->flags & MESSAGE_REMOVED))
		return;
	message_decide(tally, message, SESSION_CANCELED);
	message_each_recipient(message, message_stop_waiting, tally);
	message_retire(tally, message);
}

/* Refused after its client said all: by cleanup, a milter, or a limit. */
static void
refuse(struct tally *tally, const struct event *event)
{
	struct message *message = message_find(tally, event->queue_id);

	if (message == NULL || !(message->flags & MESSAGE_UNDECIDED))
		return;
	if (message->origin == ORIGIN_MX ||
	    message->origin == ORIGIN_SUBMITTED) {
		if (session_in_service(tally, message->origin == ORIGIN_MX,
			message->origin == ORIGIN_SUBMITTED)) {
			tally->smtpd.content_rejects++;
			tally_row(tally, ROW_SMTPD, UNIT_RECIPIENT, 1);
		}
	}
	message_decide(tally, message, SESSION_REFUSED);
}

/* smtpd refuses the whole message, and has said so. */
static void
refuse_whole(struct tally *tally, const struct event *event)
{
	struct message *message;

	if (!bytes_begin_with(event->stage, bytes_of("END-OF-MESSAGE")) &&
	    !bytes_equal(event->stage, bytes_of("DATA")) &&
	    !bytes_equal(event->stage, bytes_of("BDAT")))
		return;
	message = message_find(tally, event->queue_id);
	if (message != NULL)
		message_decide(tally, message, SESSION_REFUSED);
}

static void
drop(struct tally *tally, const struct event *event)
{
	struct message *message = message_find(tally, event->queue_id);

	if (message != NULL)
		message_decide(tally, message, SESSION_CANCELED);
}

/* cleanup and smtpd say this of a message that they refuse. */
static bool
is_refusal(struct bytes text)
{
	static const char *const refusals[] = { "message not accepted",
		"queue file size limit exceeded", "message rejected: " };

	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		if (memmem(text.data, text.len, refusals[i],
			strlen(refusals[i])) != NULL)
			return true;
	return false;
}

void
message_event(struct tally *tally, const struct event *event)
{
	switch (event->class) {
	case EVENT_SMTPD_CLIENT:
		from_client(tally, event);
		break;
	case EVENT_PICKUP_MSG:
		from_pickup(tally, event);
		break;
	case EVENT_CLEANUP_MESSAGE_ID:
		note_message_id(tally, event);
		break;
	case EVENT_QMGR_ACTIVE:
		become_active(tally, event);
		break;
	case EVENT_QMGR_EXPIRED:
		expire(tally, event);
		break;
	case EVENT_QMGR_REMOVED:
	case EVENT_CLEANUP_REMOVED:
	case EVENT_POSTSUPER_REMOVED:
		remove_message(tally, event);
		break;
	case EVENT_CLEANUP_REJECT:
	case EVENT_CLEANUP_MILTER_REJECT:
		refuse(tally, event);
		break;
	case EVENT_SMTPD_REJECT:
	case EVENT_SMTPD_MILTER_REJECT:
		refuse_whole(tally, event);
		break;
	case EVENT_CLEANUP_DISCARD:
	case EVENT_CLEANUP_MILTER_DISCARD:
		drop(tally, event);
		break;
	case EVENT_BOUNCE_NDN:
	case EVENT_BOUNCE_DELAY:
	case EVENT_BOUNCE_DSN_SUCCESS:
	case EVENT_BOUNCE_POSTMASTER:
		note_notice(tally, event);
		break;
	case EVENT_WARNING:
		if (is_refusal(event->text))
			drop(tally, event);
		break;
	default:
		delivery_event(tally, event);
		break;
	}
}
