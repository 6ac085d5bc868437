/* SPDX-License-Identifier: BSD-2-Clause */
#include "greylist.h"
#include "hash.h"
#include "message.h"
#include "message_table.h"
#include "reason.h"

/* Recipients are kept under hashes of two kinds. */
enum { DELIVERED_TO = 11, DEFERRED_TO = 12 };

static bool
is_mail(const struct message *message)
{
	return message->origin != ORIGIN_NOTICE;
}

/* All services, but for those that the user leaves out. */
static bool
counts(const struct tally *tally, const struct message *message)
{
	if (tally->settings->service == SERVICE_ALL)
		return true;
	return session_in_service(tally, message->origin == ORIGIN_MX,
	    message->origin == ORIGIN_SUBMITTED);
}

static void
add_to_bucket(struct tally *tally, int64_t seconds, enum bucket_column column,
    int64_t change)
{
	buckets_add(&tally->buckets, tally->settings->by, seconds,
	    tally->entry->origin->host, column, change);
}

static void
count_origin(struct tally *tally, const struct message *message, int64_t change)
{
	struct messages_tally *figures = &tally->messages;
	uint64_t more = (uint64_t)change;

	switch (message->origin) {
	case ORIGIN_MX:
		figures->received += more;
		add_to_bucket(tally, message->seconds, BUCKET_RECEIVED, change);
		break;
	case ORIGIN_SUBMITTED:
		figures->submitted += more;
		break;
	case ORIGIN_LOCAL:
		figures->local += more;
		break;
	case ORIGIN_NOTICE:
		figures->notices += more;
		return;
	case ORIGIN_BEFORE:
		figures->began_before += more;
		return;
	default:
		return;
	}
	if (message->delivered > 0)
		figures->delivered += more;
}

/*
 * What a message adds to the figures, as far as is known; taken away before
 * more becomes known, and added again: in the hour or day of its first line.
 */
static void
contribute(struct tally *tally, const struct message *message, int sign)
{
	int64_t delivered = (int64_t)message->delivered * sign;

	if (!counts(tally, message))
		return;
	if (message->flags & MESSAGE_ACTIVE)
		count_origin(tally, message, sign);
	if (!is_mail(message))
		return;
	tally->recipients.delivered += (uint64_t)delivered;
	if (message->origin == ORIGIN_MX)
		tally_row_at(tally, message->seconds, ROW_DELIVERED,
		    UNIT_RECIPIENT, delivered);
}

static void
set_origin(
    struct tally *tally, struct message *message, enum message_origin origin)
{
	contribute(tally, message, -1);
	message->origin = origin;
	contribute(tally, message, 1);
}

static void
decide(
    struct tally *tally, struct message *message, enum session_outcome outcome)
{
	if (!(message->flags & MESSAGE_UNDECIDED))
		return;
	message->flags &= ~(unsigned)MESSAGE_UNDECIDED;
	session_ends_message(tally, message->session, outcome);
}

static void
stop_waiting(struct recipient *recipient, void *tally)
{
	if (!recipient->is_waiting)
		return;
	recipient->is_waiting = 0;
	((struct tally *)tally)->recipients.deferred_waiting--;
}

/* If the queue id was used before, it begins again. */
static struct message *
begin(struct tally *tally, struct bytes queue_id)
{
	struct message *old = message_find(tally, queue_id);

	if (old != NULL) {
		decide(tally, old, SESSION_CANCELED);
		if (!(old->flags & MESSAGE_REMOVED))
			message_each_recipient(old, stop_waiting, tally);
		message_forget(tally, old);
	}
	return message_new(tally, queue_id);
}

/*
 * The message that a line of another one names as its own: Postfix made it
 * itself. It may have come to its end before that line was written, or not even
 * be there, or an older message has its queue id.
 */
static struct message *
begin_internal(struct tally *tally, struct bytes queue_id)
{
	struct message *message = message_find(tally, queue_id);

	if (message != NULL &&
	    (message->origin == ORIGIN_INTERNAL ||
		(message->origin == ORIGIN_BEFORE &&
		    !(message->flags & MESSAGE_REMOVED))))
		return message;
	return begin(tally, queue_id);
}

/* For lines in the middle of a message's life: it may have begun before. */
static struct message *
need(struct tally *tally, const struct event *event)
{
	struct message *message = message_find(tally, event->queue_id);

	return message != NULL ? message : message_new(tally, event->queue_id);
}

struct moving {
	struct tally *tally;
	struct message *root;
	uint64_t moved;
};

static void
move_delivered(struct recipient *recipient, void *argument)
{
	struct moving *moving = argument;
	bool is_new;

	if ((recipient->hash & 1) == 0 ||
	    message_add_recipient(
		moving->tally, moving->root, recipient->hash, &is_new) == NULL)
		return;
	moving->moved += is_new;
}

/* Both count under the one root from now on. */
static void
continue_message(
    struct tally *tally, struct message *message, struct message *root)
{
	struct moving moving = { tally, message_root(tally, root), 0 };

	if (moving.root == message || message->root != NULL)
		return;
	contribute(tally, message, -1);
	contribute(tally, moving.root, -1);
	message_each_recipient(message, move_delivered, &moving);
	moving.root->delivered += moving.moved;
	message->delivered = 0;
	message->origin = ORIGIN_CONTINUED;
	message_set_root(message, moving.root);
	contribute(tally, moving.root, 1);
	contribute(tally, message, 1);
}

/* A filter before the queue brings the mail of another's session. */
static enum message_origin
origin_of_client(struct tally *tally, const struct message *message,
    const struct event *event)
{
	if (event->has_sasl || tally->entry->origin->is_submission ||
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
	struct message *message = begin(tally, event->queue_id);
	struct message *root = event->other_id.len > 0 ?
	    message_find_near(tally, event->other_id) :
	    NULL;

	message->session = session_begins_message(tally, event);
	message->flags |= MESSAGE_UNDECIDED;
	message->network = greylist_network(tally,
	    event->original_client.len > 0 ? event->original_client :
					     event->client_address);
	if (root != NULL && root != message)
		continue_message(tally, message, root);
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
	set_origin(
	    tally, message, is_submission ? ORIGIN_SUBMITTED : ORIGIN_MX);
	message->network = network;
}

static void
from_pickup(struct tally *tally, const struct event *event)
{
	struct message *message = begin(tally, event->queue_id);
	struct message *root = event->is_requeued ?
	    message_find_near(tally, event->other_id) :
	    NULL;

	message->origin = ORIGIN_LOCAL;
	if (event->is_requeued)
		message->origin = ORIGIN_CONTINUED;
	if (root != NULL && root != message)
		continue_message(tally, message, root);
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
		message = begin(tally, event->queue_id);
		message->origin = ORIGIN_INTERNAL;
	}
	message->flags |= MESSAGE_HAS_ID;
	message->id = hash_bytes(event->text, 0);
}

static bool
is_double_bounce(struct bytes sender)
{
	const struct bytes front = { "double-bounce@", 14 };

	return bytes_begin_with(sender, front);
}

static struct bytes
domain_of(struct bytes address)
{
	const char *at = memrchr(address.data, '@', address.len);

	return at == NULL ?
	    address :
	    bytes_from(address, (size_t)(at + 1 - address.data));
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
	contribute(tally, message, -1);
	message->flags |= MESSAGE_ACTIVE;
	contribute(tally, message, 1);
	message->sender = hash_lower(event->sender, 0);
	if (is_mail(message) && message->origin != ORIGIN_CONTINUED &&
	    event->sender.len > 0 && counts(tally, message))
		counts_add_lower(&tally->lists[LIST_SENDER_DOMAINS],
		    domain_of(event->sender), 1);
	decide(tally, message,
	    message->origin == ORIGIN_CONTINUED ? SESSION_CANCELED :
						  SESSION_ACCEPTED);
}

static uint64_t
deferred_hash(const struct event *event)
{
	return hash_bytes(event->recipient, DEFERRED_TO) & ~UINT64_C(1);
}

/* Delivered or failed: it waits no longer. */
static void
settle(struct tally *tally, struct message *message, const struct event *event)
{
	struct recipient *recipient = message_recipient(
	    message, deferred_hash(event));

	if (recipient != NULL)
		stop_waiting(recipient, tally);
}

static void
defer(struct tally *tally, const struct event *event)
{
	struct message *message = need(tally, event);
	struct recipient *recipient;
	char reason[REASON_MAX];
	bool is_new;

	if (!counts(tally, message_root(tally, message)))
		return;
	tally->recipients.deferred_attempts++;
	add_to_bucket(tally, tally_now(tally), BUCKET_DEFERRED, 1);
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
bounce(struct tally *tally, const struct event *event)
{
	struct message *message = need(tally, event);
	char reason[REASON_MAX];

	settle(tally, message, event);
	if (!counts(tally, message_root(tally, message)))
		return;
	tally->recipients.bounced++;
	add_to_bucket(tally, tally_now(tally), BUCKET_BOUNCED, 1);
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
	uint64_t hash = hash_bytes(event->original_recipient,
			    hash_bytes(event->recipient, DELIVERED_TO)) |
	    1;
	bool is_new;

	if (message_add_recipient(tally, root, hash, &is_new) == NULL)
		is_new = true;
	if (!is_new)
		return;
	contribute(tally, root, -1);
	root->delivered++;
	contribute(tally, root, 1);
	if (is_mail(root) && counts(tally, root))
		counts_add_lower(&tally->lists[LIST_RECIPIENT_DOMAINS],
		    domain_of(event->recipient), 1);
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
deliver(struct tally *tally, const struct event *event)
{
	struct message *message = need(tally, event);
	struct message *next;

	settle(tally, message, event);
	next = find_successor(tally, message, event);
	if (next == NULL) {
		note_delivered(tally, message, event);
		return;
	}
	continue_message(tally, next, message);
}

static void
forward(struct tally *tally, const struct event *event)
{
	struct message *message, *next;

	message = need(tally, event);
	settle(tally, message, event);
	tally->recipients.forwarded += counts(
	    tally, message_root(tally, message));
	if (event->other_id.len == 0 ||
	    bytes_equal(event->other_id, event->queue_id))
		return;
	next = begin_internal(tally, event->other_id);
	/* At the limit, the one may have pushed out the other. */
	message = message_find(tally, event->queue_id);
	if (message != NULL)
		continue_message(tally, next, message);
}

static void
discard(struct tally *tally, const struct event *event)
{
	struct message *message = need(tally, event);

	settle(tally, message, event);
	tally->recipients.discarded += counts(
	    tally, message_root(tally, message));
}

/* "Q1: sender non-delivery notification: Q2": before or after Q2's lines. */
static void
note_notice(struct tally *tally, const struct event *event)
{
	struct message *notice = message_find(tally, event->other_id);

	if (notice != NULL && notice->origin == ORIGIN_NOTICE &&
	    !(notice->flags & MESSAGE_REMOVED))
		return;
	set_origin(
	    tally, begin_internal(tally, event->other_id), ORIGIN_NOTICE);
}

static void
expire(struct tally *tally, const struct event *event)
{
	struct message *message = need(tally, event);

	message_each_recipient(message, stop_waiting, tally);
	if (counts(tally, message_root(tally, message)))
		tally->messages.expired++;
}

static void
remove_message(struct tally *tally, const struct event *event)
{
	struct message *message = message_find(tally, event->queue_id);

	if (message == NULL || (message->flags & MESSAGE_REMOVED))
		return;
	decide(tally, message, SESSION_CANCELED);
	message_each_recipient(message, stop_waiting, tally);
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
	decide(tally, message, SESSION_REFUSED);
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
		decide(tally, message, SESSION_REFUSED);
}

static void
drop(struct tally *tally, const struct event *event)
{
	struct message *message = message_find(tally, event->queue_id);

	if (message != NULL)
		decide(tally, message, SESSION_CANCELED);
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

static void
count_delays(struct tally *tally, const struct event *event)
{
	if (!event->has_delay ||
	    !counts(tally, message_root(tally, need(tally, event))))
		return;
	for (int stage = 0; stage < DELAYS; stage++)
		values_add(&tally->delays[stage], event->delays[stage]);
}

static void
delivery_event(struct tally *tally, const struct event *event)
{
	switch (event->class) {
	case EVENT_DELIVER_SENT:
		count_delays(tally, event);
		deliver(tally, event);
		break;
	case EVENT_DELIVER_DEFERRED:
		defer(tally, event);
		break;
	case EVENT_DELIVER_BOUNCED:
		bounce(tally, event);
		break;
	case EVENT_DELIVER_FORWARDED:
		forward(tally, event);
		break;
	case EVENT_DELIVER_DISCARDED:
		discard(tally, event);
		break;
	default:
		return;
	}
	if (tally->greylist.triplets.count > 0)
		note_accepted(tally, need(tally, event), event);
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
