/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
#include "message.h"
#include "message_fate.h"
#include "message_link.h"

/* A filter before the queue says for whom it connects. */
static struct bytes
client_of(const struct event *event)
{
	return event->original_client.len > 0 ? event->original_client :
						event->client_address;
}

/* From pickup, or a client of smtpd. */
static void
come_in(struct messages *all, const struct event *event)
{
	struct message *message = message_begin(all, event->queue_id);
	struct message *root = message_find_near(all, event->other_id);

	if (event->class == EVENT_SMTPD_CLIENT) {
		message->session = session_begins_message(all->sessions);
		message->client = hash_text(event->client_address, 0);
		if (event->original_client.len > 0 ||
		    session_is_loopback(event->client_address) ||
		    session_may_be_of_filter(all->sessions))
			message->flags |= MESSAGE_FROM_FILTER;
		message->flags |= MESSAGE_UNDECIDED;
		message->network = greylist_network(
		    all->greylist, client_of(event));
	}
	if (event->class == EVENT_PICKUP_MSG)
		message->sender = hash_lower(event->sender, 0);
	if (root != NULL && root != message && event->is_requeued)
		message_continue(all, message, root);
	else if (root != NULL && root != message)
		message_link(all, message, root);
	else if (event->other_id.len > 0 || event->is_requeued)
		message->arrival = ARRIVAL_CONTINUED;
	else if (event->class == EVENT_PICKUP_MSG)
		message->arrival = ARRIVAL_LOCAL;
	else if (event->has_sasl || all->ledger->entry->writer->is_submission ||
	    session_is_submission(all->sessions, message->session) ||
	    session_is_loopback(client_of(event)))
		message->arrival = ARRIVAL_SUBMITTED;
	else
		message->arrival = ARRIVAL_MX;
	if (event->class == EVENT_SMTPD_CLIENT)
		message_fate_arrives(all, message);
}

void
message_accepted_by_proxy(struct messages *all, struct bytes queue_id,
    uint64_t network, bool is_submission)
{
	struct message *message = message_find_near(all, queue_id);

	if (message == NULL)
		return;
	message_link_undo(all, message);
	if (message->root != NULL ||
	    (message->arrival != ARRIVAL_MX &&
		message->arrival != ARRIVAL_SUBMITTED))
		return;
	message_set_arrival(
	    all, message, is_submission ? ARRIVAL_SUBMITTED : ARRIVAL_MX);
	message->network = network;
}

/* Postfix itself made the message, or it is older than the log, if neither
 * smtpd nor pickup brought it. */
static void
note_message_id(struct messages *all, const struct event *event)
{
	struct message *message = message_find(all, event->queue_id);

	if (event->is_resent)
		return;
	if (message == NULL)
		message = message_adopt(all, event->queue_id);
	message_has_queue(all);
	if (message == NULL ||
	    (message->flags &
		(MESSAGE_REMOVED | MESSAGE_ACTIVE | MESSAGE_HAS_ID))) {
		message = message_begin(all, event->queue_id);
		message->arrival = ARRIVAL_INTERNAL;
	}
	message_set_id(all, message,
	    event->text.len == 0 || bytes_equal(event->text, bytes_of("<>")) ?
		0 :
		hash_text(event->text, all->ledger->entry->writer->host_hash));
	message_link_by_id(all, message);
}

static void
become_active(struct messages *all, const struct event *event)
{
	struct message *message = message_find(all, event->queue_id);

	if (message != NULL && (message->flags & MESSAGE_REMOVED)) {
		message_forget(all, message);
		message = NULL;
	}
	if (message == NULL) {
		message = message_new(all, event->queue_id);
		message_link_awaited(all, message);
	}
	if (message->flags & MESSAGE_ACTIVE)
		return;
	if (message->arrival == ARRIVAL_INTERNAL && event->is_double_bounce)
		message->arrival = ARRIVAL_NOTICE;
	message_contribute(all, message, -1);
	message->flags |= MESSAGE_ACTIVE;
	message->nrcpt = event->nrcpt;
	message_contribute(all, message, 1);
	message->sender = hash_lower(event->sender, 0);
	if (message_is_mail(message) && message->arrival != ARRIVAL_CONTINUED &&
	    event->sender.len > 0 && message_counts(all, message) &&
	    message->domain == 0)
		message->domain = ledger_rank_domain(
		    all->ledger, RANKING_SENDER_DOMAINS, event->sender);
	message_decide(all, message,
	    message->arrival == ARRIVAL_CONTINUED ? SESSION_CANCELED :
						    SESSION_ACCEPTED);
}

/* "Q1: sender non-delivery notification: Q2" may come before or after Q2's own
 * lines. */
static void
note_notice(struct messages *all, const struct event *event)
{
	struct message *notice = message_find(all, event->other_id);

	if (notice != NULL && notice->arrival == ARRIVAL_NOTICE &&
	    !(notice->flags & MESSAGE_REMOVED))
		return;
	message_set_arrival(all,
	    message_begin_internal(all, event->other_id, true), ARRIVAL_NOTICE);
}

/* Not taken after all. */
static void
turn_down(struct messages *all, const struct event *event,
    enum session_outcome outcome)
{
	struct message *message = message_find(all, event->queue_id);

	message_untake(all, message);
	message_decide(all, message, outcome);
}

/* Where its message began before the log, the line says who sent it. */
static void
count_refusal(struct messages *all, const struct message *message,
    const struct event *event)
{
	enum session_set set = SET_MX;

	if (event->client_address.len == 0 ||
	    session_is_loopback(event->client_address))
		set = SET_NEITHER;
	else if (event->has_sasl)
		set = SET_SUBMISSION;
	all->ledger->client = hash_text(event->client_address, 0);
	if (message == NULL || message->arrival == ARRIVAL_BEFORE ||
	    message->arrival == ARRIVAL_INTERNAL)
		session_count_unknown(
		    all->sessions, set, event, LINE_CONTENT_REJECT);
	else if (message->flags & MESSAGE_UNDECIDED)
		session_count_of_message(all->sessions, message->session, event,
		    LINE_CONTENT_REJECT);
}

/* Refused after the client had sent it: by cleanup, a milter, or a limit. */
static void
refuse(struct messages *all, const struct event *event)
{
	struct message *message = message_find(all, event->queue_id);

	count_refusal(all, message, event);
	message_untake(all, message);
	message_decide(all, message, SESSION_REFUSED);
}

static void
expire(struct messages *all, const struct event *event)
{
	struct message *message = message_need(all, event);

	message_settle_all(all, message);
	message_mark(all, message_root(all, message),
	    MESSAGE_EXPIRED | MESSAGE_OTHER_FATE);
}

static void
leave(struct messages *all, const struct event *event)
{
	struct message *message = message_find(all, event->queue_id);

	if (message == NULL || (message->flags & MESSAGE_REMOVED))
		return;
	if (event->class == EVENT_CLEANUP_REMOVED)
		message_untake(all, message);
	message_decide(all, message, SESSION_CANCELED);
	message_settle_all(all, message);
	message_retire(all, message);
}

void
message_event(struct messages *all, const struct event *event)
{
	switch (event->class) {
	case EVENT_SMTPD_CLIENT:
	case EVENT_PICKUP_MSG:
		come_in(all, event);
		break;
	case EVENT_CLEANUP_MESSAGE_ID:
		note_message_id(all, event);
		break;
	case EVENT_QMGR_ACTIVE:
		become_active(all, event);
		break;
	case EVENT_QMGR_EXPIRED:
		expire(all, event);
		break;
	case EVENT_QMGR_REMOVED:
	case EVENT_CLEANUP_REMOVED:
		leave(all, event);
		break;
	case EVENT_CLEANUP_REJECT:
	case EVENT_CLEANUP_MILTER_REJECT:
		refuse(all, event);
		break;
	case EVENT_SMTPD_REJECT:
	case EVENT_SMTPD_MILTER_REJECT:
		if (event->refuses_message)
			turn_down(all, event, SESSION_REFUSED);
		break;
	case EVENT_BOUNCE_NDN:
	case EVENT_BOUNCE_DELAY:
	case EVENT_BOUNCE_DSN_SUCCESS:
	case EVENT_BOUNCE_POSTMASTER:
		note_notice(all, event);
		break;
	case EVENT_FOREIGN:
		if (event->other_id.len > 0)
			message_link_requeued(all, event);
		break;
	case EVENT_WARNING:
		if (event->refuses_message)
			turn_down(all, event, SESSION_CANCELED);
		break;
	default:
		message_fate(all, event);
		break;
	}
}
